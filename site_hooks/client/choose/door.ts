// Brings what asks questions to the page that has some. bundle.py makes it a file of its own.
import { eachPage } from "../page/material";

const SCRIPT = /* @__PURE__ */ new URL("choose.js", import.meta.url);

/** Called once. Without the script each question is a heading or a list, with all of its answers. */
export function followChoices(): void {
  eachPage(() => {
    if (document.querySelector("section-chooser:not(:defined), decision-tree:not(:defined)"))
      import(SCRIPT.href).catch(() => undefined);
  });
}
