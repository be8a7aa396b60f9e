// A figure at full size: a dialog that scrolls and zooms, for what the page shows only as large as its column.
import { button, make } from "./dom";
import { eachPage } from "./material";
import { dress, theme } from "./theme";
import { fill } from "../shared/words";

/** One press makes the picture larger or smaller by this. */
const STEP = 1.25;
const SMALLEST = 0.1;
const LARGEST = 4;
/** A picture that fits the screen at no less than this is fitted; a smaller one opens at its natural size. */
const FITTED = 0.75;

/** Gives a figure its button WORDS.picture.enlarge; a click on the picture does the same. */
export function enlargeable(figure: HTMLElement): void {
  if (figure.querySelector(".picture-enlarge")) return;
  // A cell's picture is another after each run.
  const images = (): HTMLImageElement[] => [...figure.querySelectorAll("img")];
  const shown = (): HTMLImageElement | undefined => images().find((image) => image.offsetParent !== null);
  const open = (): void => {
    const image = shown();
    if (image) view(image, enlarge);
  };
  const enlarge = button(WORDS.picture.enlarge, open, {
    class: "picture-enlarge",
    "aria-label": fill(WORDS.picture.enlargeThis, { name: images()[0]?.alt ?? WORDS.menu.figure }),
    "aria-haspopup": "dialog",
  });
  figure.addEventListener("click", ({ target }) => target instanceof HTMLImageElement && open());
  images().at(-1)?.after(enlarge);
}

/** Does so for the pictures of the text, on this page and on those that follow it. */
export function enlargePictures(): void {
  const all = (): void => {
    for (const figure of document.querySelectorAll<HTMLElement>("figure.picture")) enlargeable(figure);
  };
  all();
  eachPage(all);
}

function view(source: HTMLImageElement, opener: HTMLElement): void {
  const image = make("img", { alt: source.alt, src: source.currentSrc || source.src });
  const wear = (): void => {
    Object.assign(image.dataset, source.dataset);
    dress(image, theme());
  };
  wear();
  // Its drawing for the other theme may still come.
  const watch = new MutationObserver(wear);
  watch.observe(source, { attributeFilter: ["data-light", "data-dark"] });
  const size = make("output", {});
  const room = make(
    "div",
    { class: "picture-room", tabindex: "0", role: "group", "aria-label": WORDS.picture.moves },
    make("figure", {}, image),
  );
  let scale = 1;

  /** The middle of what is seen stays there. */
  const zoom = (to: number): void => {
    const grown = Math.min(LARGEST, Math.max(SMALLEST, to)) / scale;
    const x = (room.scrollLeft + room.clientWidth / 2) * grown;
    const y = (room.scrollTop + room.clientHeight / 2) * grown;
    scale *= grown;
    image.style.width = `${Math.round(image.naturalWidth * scale)}px`;
    room.scrollTo(x - room.clientWidth / 2, y - room.clientHeight / 2);
    size.textContent = fill(WORDS.all.percent, { percent: Math.round(scale * 100) });
  };

  const dialog = make(
    "dialog",
    { class: "picture-view", "aria-label": source.alt },
    make(
      "div",
      { class: "picture-bar" },
      make("span", { class: "picture-name", "aria-hidden": "true" }, source.alt),
      button("−", () => zoom(scale / STEP), { "aria-label": WORDS.picture.smaller }),
      size,
      button("+", () => zoom(scale * STEP), { "aria-label": WORDS.picture.larger }),
      button("×", () => dialog.close(), { "aria-label": WORDS.all.close }),
    ),
    room,
  );
  const leaving = new AbortController();
  addEventListener("popstate", () => dialog.close(), { signal: leaving.signal });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("keydown", (event) => {
    event.stopPropagation(); // Material goes to another page at some letters.
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "+" || event.key === "=") zoom(scale * STEP);
    if (event.key === "-") zoom(scale / STEP);
  });
  dialog.addEventListener("close", () => {
    leaving.abort();
    watch.disconnect();
    dialog.remove();
    opener.focus({ preventScroll: true });
  });
  document.body.append(dialog);
  dialog.showModal();
  room.focus();
  void image.decode().then(() => {
    const fit = Math.min(room.clientWidth / image.naturalWidth, room.clientHeight / image.naturalHeight);
    zoom(fit < 1 && fit >= FITTED ? fit : 1);
    room.scrollTo(0, 0);
  });
}
