// What stock Pyodide cannot import, asked by a program that comes on stdin: {core, wheels, program}.
import fs from "node:fs";
import { pathToFileURL } from "node:url";

const { core, wheels, program } = JSON.parse(fs.readFileSync(0, "utf8"));
const { loadPyodide } = await import(pathToFileURL(`${core}/pyodide.mjs`).href);
const python = await loadPyodide({ stdout() {}, stderr() {}, env: { HOME: "/home/pyodide", MPLBACKEND: "agg" } });
for (const wheel of wheels) {
  const bytes = new Uint8Array(fs.readFileSync(wheel));
  python.unpackArchive(bytes, "zip", { extractDir: "/lib/python3.14/site-packages" });
}
process.stdout.write(python.runPython(program));
