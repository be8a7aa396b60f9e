// Loads "Hand in" where there is something to hand in. bundle.py makes it a file of its own, beside the comparison's.

type Module = typeof import("./hand-in");

const SCRIPT = /* @__PURE__ */ new URL("hand-in.js", import.meta.url);

export async function loadHandIn(): Promise<Module> {
  return (await import(SCRIPT.href)) as Module;
}
