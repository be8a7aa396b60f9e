// What the site calls itself: Material writes it at the logo of every page.

export function course(): string {
  return document.querySelector<HTMLElement>(".md-header .md-logo")?.title ?? "";
}
