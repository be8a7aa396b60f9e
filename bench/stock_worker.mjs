// Stock Pyodide in a bare module worker, as its documentation shows it: the comparison of every figure.
import { loadPyodide } from "./pyodide/pyodide.mjs";

const ready = (async () => {
  const python = await loadPyodide({
    packageBaseUrl: new URL("./pyodide/", import.meta.url).href,
    env: { HOME: "/home/pyodide", MPLBACKEND: "agg" },
  });
  await python.loadPackage(["numpy", "matplotlib"], { messageCallback() {} });
  return python;
})();

self.onmessage = async ({ data: source }) => {
  const python = await ready;
  postMessage(
    python.runPython(`${source}
import base64, io
_out = io.BytesIO()
plt.gcf().savefig(_out, format="png", dpi=200)
plt.close("all")
base64.b64encode(_out.getvalue()).decode()`),
  );
};
