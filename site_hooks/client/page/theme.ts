// Which theme is on the screen, and figures that follow it: Material marks the dark one on <body>.
import type { Theme } from "../shared/protocol";

export function theme(): Theme {
  const scheme = document.body.dataset["mdColorScheme"];
  if (scheme) return scheme === "slate" ? "dark" : "light";
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** Shows a figure's drawing for the theme, or the other one until that has come. */
export function dress(image: HTMLImageElement, on: Theme): void {
  const other = on === "dark" ? "light" : "dark";
  const source = image.dataset[on] ?? image.dataset[other];
  if (source && image.src !== source) image.src = source;
}

/** Lets all figures on the page follow the theme; paper is always light. Called once. */
export function followTheme(): void {
  const all = (on: Theme): void => {
    for (const image of document.querySelectorAll<HTMLImageElement>("figure img[data-light], figure img[data-dark]")) {
      dress(image, on);
    }
  };
  new MutationObserver(() => all(theme())).observe(document.body, { attributeFilter: ["data-md-color-scheme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => all(theme()));
  addEventListener("beforeprint", () => all("light"));
  addEventListener("afterprint", () => all(theme()));
}
