// Some parts of a page alone: the sheet hides all that is neither one of them nor holds one.

const SHOWN = "data-embed-shown";
const WAY = "data-embed-way";

/** Shows these alone; all of the page, where there are none. */
export function showAlone(page: Element, parts: Element[]): void {
  for (const mark of [SHOWN, WAY]) {
    page.removeAttribute(mark);
    for (const node of page.querySelectorAll(`[${mark}]`)) node.removeAttribute(mark);
  }
  for (const part of parts) {
    part.setAttribute(SHOWN, "");
    for (let node = part.parentElement; node && page.contains(node); node = node.parentElement) {
      node.setAttribute(WAY, "");
      if (node instanceof HTMLDetailsElement) node.open = true;
    }
  }
}

/** A cell, a question or a picture with what belongs to it; nothing where the page has none of that name. */
export function partsOf(id: string): Element[] {
  const found = document.getElementById(id);
  if (!found?.matches("py-cell, lesson-quiz, figure.picture")) return [];
  const name = CSS.escape(id);
  const beside = document.querySelectorAll(`cell-guess[for="${name}"], details[data-for="${name}"]`);
  const code = found.nextElementSibling?.matches("details.picture-code") ? [found.nextElementSibling] : [];
  const whole = found.closest(".cell, .quiz") ?? found;
  return [whole, ...code, ...[...beside].filter((part) => !whole.contains(part))];
}
