// Lets go of the pages that were left. Material for MkDocs 9.8.1 holds on to two of their nodes, and a node keeps all of
// the tree that it is in: some 2400 nodes a page. tests/browser/test_left_pages.py would still pass without this file if
// a later version held nothing.
import { eachPage } from "./material";

/** Whatever Material replaces at a page change, and what it works on. */
const PARTS = "[data-md-component]";

/** Called once, before the first page is ready. */
export function letGoOfLeftPages(): void {
  takeApart();
  stopListening();
}

/** Material has put its own in order by now: what it holds beyond that it does not use. */
function takeApart(): void {
  let parts: Element[] = [];
  eachPage(() => {
    for (const part of parts) {
      if (part.isConnected) continue;
      for (const element of [part, ...part.querySelectorAll("*")]) element.replaceChildren();
    }
    parts = [...document.querySelectorAll(PARTS)];
  });
}

/** For each page it listens anew to how wide the screen is (`watchMedia`), and never stops. Nobody else uses this call. */
function stopListening(): void {
  const { addListener } = MediaQueryList.prototype;
  let added: (() => void)[] = [];
  MediaQueryList.prototype.addListener = function (listener) {
    addListener.call(this, listener);
    added.push(() => this.removeListener(listener));
  };
  let ofThePage: (() => void)[] = [];
  eachPage(() => {
    for (const remove of ofThePage) remove();
    ofThePage = added;
    added = [];
  });
}
