// Loads the editor's scripts: itself when a cell is about to be seen, its help when a learner is in it. bundle.py makes
// each a file of its own.

type Module = typeof import("./editor");
type Help = typeof import("./editor-help");

const SCRIPT = /* @__PURE__ */ new URL("editor.js", import.meta.url);
const HELP = /* @__PURE__ */ new URL("editor-help.js", import.meta.url);

/** One that did not arrive as it was published is fetched past the cache, for the pages after this one too. */
export async function loadEditor(): Promise<Module> {
  try {
    return (await import(SCRIPT.href)) as Module;
  } catch {
    await (await fetch(SCRIPT, { cache: "reload" })).arrayBuffer();
    // To this page an address that failed once has failed for good.
    return (await import(`${SCRIPT.href}?again=${Date.now()}`)) as Module;
  }
}

/** null: it did not come, or the editor is not the one that it takes CodeMirror from. One edits without. */
export function loadHelp(): Promise<Help | null> {
  return import(HELP.href).catch(() => null) as Promise<Help | null>;
}
