// Stock Pyodide in a bare module worker that runs a lesson's cell again and again, and tells how long each run took.
import { loadPyodide } from "./pyodide/pyodide.mjs";

const started = (async () => {
  const python = await loadPyodide({
    packageBaseUrl: new URL("./pyodide/", import.meta.url).href,
    env: { HOME: "/home/pyodide", MPLBACKEND: "agg" },
    stdout() {},
  });
  const pylib = fetch("pylib.zip").then((answer) => answer.arrayBuffer());
  await python.loadPackage(["numpy", "matplotlib"], { messageCallback() {} });
  python.unpackArchive(await pylib, "zip");
  return python;
})();

self.onmessage = async ({ data: { before, source } }) => {
  const python = await started;
  if (before) python.runPython(before);
  const begin = performance.now();
  const png = python.runPython(`${source}
import base64, io
import matplotlib.pyplot as _plt
_out = io.BytesIO()
_plt.gcf().savefig(_out, format="png", dpi=200)
_plt.close("all")
base64.b64encode(_out.getvalue()).decode()`);
  postMessage({ png, milliseconds: performance.now() - begin });
};
