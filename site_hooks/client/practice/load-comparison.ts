// Loads the comparison when a solution is opened. bundle.py makes it a file of its own, beside the editor's.

type Module = typeof import("./comparison");

const SCRIPT = /* @__PURE__ */ new URL("comparison.js", import.meta.url);

export async function loadComparison(): Promise<Module> {
  return (await import(SCRIPT.href)) as Module;
}
