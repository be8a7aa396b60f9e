// Boots Pyodide in Node and lets bytecode.py make packs. Called by packs.py with one JSON argument:
// {what: "runtime" | "pylib" | "memory", core, here, importer, out, wheels: [path...] or pylib or memory}: folders and files.
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";

const job = JSON.parse(process.argv[2]);
const { loadPyodide } = await import(pathToFileURL(path.join(job.core, "pyodide.mjs")).href);
const python = await loadPyodide({
  // The same hashes and the same order of things every time; no column numbers in library frames (Python 3.14).
  env: {
    HOME: "/home/pyodide",
    MPLBACKEND: "agg",
    PYTHONHASHSEED: "0",
    ...(job.what === "runtime" ? { PYTHONNODEBUGRANGES: "1" } : {}),
  },
  stdout: (line) => console.error(line),
});
const atBoot = python.runPython("import sys; sorted(sys.modules)");
const mount = (folder, at) => {
  python.FS.mkdirTree(at);
  python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, at);
};
mount(job.here, "/makers/site_hooks/pyodide");
mount(job.out, "/out");
const ask = (code) =>
  python.runPython(
    `import sys; sys.path.insert(0, "/makers"); from pathlib import Path; from site_hooks.pyodide import bytecode\n${code}`,
  );
try {
  if (job.what === "pylib") {
    mount(job.pylib, "/source/pylib");
    ask(`
for name, content in bytecode.pylib_packs(Path("/source/pylib")).items():
    Path("/out", name).write_bytes(content)
`);
  } else if (job.what === "memory") {
    mount(job.memory, "/memory");
    ask('Path("/out/memory").write_bytes(bytecode.memory_pack(Path("/memory")))');
  } else {
    mount(job.core, "/core");
    mount(path.dirname(job.importer), "/importer");
    for (const wheel of job.wheels) {
      const bytes = new Uint8Array(fs.readFileSync(wheel));
      python.unpackArchive(bytes, "zip", { extractDir: "/lib/python3.14/site-packages" });
    }
    python.globals.set("at_boot", atBoot);
    ask(`
for name, content in bytecode.runtime_packs(Path("/core"), Path("/importer/importer.py"), set(at_boot)).items():
    Path("/out", name).write_bytes(content)
`);
  }
} catch (error) {
  // Without the stack: Node.js would print the whole of Pyodide's source beside it.
  console.error(error.message);
  process.exit(1);
}
