// Links from a cell to another one of its page, and the words around them.
import { make } from "../page/dom";
import { weave } from "../shared/words";

/** `go` takes the reader there. */
export function linkTo(id: string, words: string, go: () => void): HTMLElement {
  const link = make("a", { href: `#${id}`, class: "cell-link" }, words);
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation(); // Material answers every click on a link, and takes the focus away at the end.
    go();
  });
  return link;
}

/** Of a name that is missing: a cell makes it, above or below. */
export function whereMade(name: string, isAbove: boolean, link: Node): HTMLElement {
  const words = isAbove ? WORDS.remark.madeAbove : WORDS.remark.madeBelow;
  return make("p", { class: "cell-problem-advice" }, ...weave(words, { name: make("code", {}, name), link }));
}
