// Stock Pyodide as in stock_worker.mjs, which is the one that is timed; this one also tells each step and its memory.
const say = (step, more) => postMessage({ step, ...more });

const ready = (async () => {
  say("Loading and starting Pyodide");
  const { loadPyodide } = await import("./pyodide/pyodide.mjs");
  const python = await loadPyodide({
    packageBaseUrl: new URL("./pyodide/", import.meta.url).href,
    env: { HOME: "/home/pyodide", MPLBACKEND: "agg" },
  });
  say("Loading the packages");
  await python.loadPackage(["numpy", "matplotlib"], { messageCallback() {} });
  say("Importing NumPy and matplotlib");
  python.runPython("import numpy, matplotlib.pyplot");
  return python;
})();

self.onmessage = async ({ data: source }) => {
  const python = await ready;
  say("Running the cell");
  const png = python.runPython(`${source}
import base64, io
_out = io.BytesIO()
plt.gcf().savefig(_out, format="png", dpi=200)
plt.close("all")
base64.b64encode(_out.getvalue()).decode()`);
  say("Showing the picture", { png, memory: python._module.HEAPU8.length });
};
