// Brings the race to the page that has one. bundle.py makes it a file of its own.
import { cellOf } from "../cell/cell";
import { eachPage } from "../page/material";
import { session } from "../session/session";

const SCRIPT = /* @__PURE__ */ new URL("race.js", import.meta.url);

/** Called once. Without the script the page is what it is without JavaScript. */
export function followRace(): void {
  eachPage(() => {
    if (document.querySelector("optimizer-race:not(:defined)"))
      import(SCRIPT.href).then(
        ({ start }: typeof import("./race")) => start({ session, cellOf }),
        () => undefined,
      );
  });
}
