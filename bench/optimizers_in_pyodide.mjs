// Runs the measurements of optimizers.py inside Pyodide, in Node: prints one line of JSON.
// Arguments: the repository's root, and the folder that holds Pyodide's NumPy wheel.
import { loadPyodide } from "pyodide";

const [root, wheels] = process.argv.slice(2);
const pyodide = await loadPyodide({ packageCacheDir: wheels });
await pyodide.loadPackage("numpy", { messageCallback: () => {} });
pyodide.FS.mkdir("/repo");
pyodide.mountNodeFS("/repo", root);
console.log(
  pyodide.runPython(`
import json, sys
sys.path.insert(0, "/repo")
from bench.optimizers import measure, versions
json.dumps({"rows": measure(), "versions": versions()})
`),
);
