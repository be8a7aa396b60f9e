// <site-storage>: what this browser keeps of the site, and one button each to remove it. bundle.py makes a file of its own
// of what it shows.
import { drafts } from "./drafts";
import { lastOutputs } from "./last-output";
import { offline } from "./offline";
import { megabytes } from "./offline-use";

type Module = typeof import("./stored-rows");

const SCRIPT = /* @__PURE__ */ new URL("stored-rows.js", import.meta.url);

export class SiteStorage extends HTMLElement {
  async connectedCallback(): Promise<void> {
    const script = await (import(SCRIPT.href) as Promise<Module>).catch(() => null);
    if (!script) return; // what the page says without script stays
    const progress = () => import("./progress");
    this.replaceChildren(...script.rows({ drafts, lastOutputs, offline, megabytes, progress }));
  }
}
