// Loads the editor's script when a cell is about to be seen. bundle.py makes it a file of its own.

type Module = typeof import("./editor");

const SCRIPT = /* @__PURE__ */ new URL("editor.js", import.meta.url);

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
