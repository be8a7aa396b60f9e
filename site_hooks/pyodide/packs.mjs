// Boots Pyodide in Node and lets bytecode.py make packs. Called by packs.py with one JSON argument:
// {what: "runtime" | "pylib" | "memory", core, here, importer, out, wheels: [path...] or pylib or memory}: folders and files.
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";

const job = JSON.parse(process.argv[2]);
const { loadPyodide } = await import(pathToFileURL(path.join(job.core, "pyodide.mjs")).href);
const SITE = "/lib/python3.14/site-packages";
const boot = (options) =>
  loadPyodide({
    // The same hashes and the same order of things every time; no column numbers in library frames (Python 3.14).
    env: {
      HOME: "/home/pyodide",
      MPLBACKEND: "agg",
      PYTHONHASHSEED: "0",
      ...(job.what === "runtime" ? { PYTHONNODEBUGRANGES: "1" } : {}),
    },
    stdout: (line) => console.error(line),
    ...options,
  });
const mount = (python, folder, at) => {
  python.FS.mkdirTree(at);
  python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, at);
};
const ask = (python, code) =>
  python.runPython(
    `import sys; sys.path.insert(0, "/makers"); from pathlib import Path; from site_hooks.pyodide import bytecode\n${code}`,
  );
const maker = (python) => {
  mount(python, job.here, "/makers/site_hooks/pyodide");
  mount(python, job.out, "/out");
  return python;
};
try {
  const python = maker(await boot());
  if (job.what === "pylib") {
    mount(python, job.pylib, "/source/pylib");
    ask(
      python,
      `
for name, content in bytecode.pylib_packs(Path("/source/pylib")).items():
    Path("/out", name).write_bytes(content)
`,
    );
  } else if (job.what === "memory") {
    mount(python, job.memory, "/memory");
    ask(python, 'Path("/out/memory").write_bytes(bytecode.memory_pack(Path("/memory")))');
  } else {
    mount(python, job.core, "/core");
    ask(python, 'Path("/out/start.zip").write_bytes(bytecode.start(Path("/core")))');
    const packages = path.join(job.out, "packages");
    fs.mkdirSync(packages);
    mount(python, packages, SITE);
    for (const wheel of job.wheels) {
      python.unpackArchive(new Uint8Array(fs.readFileSync(wheel)), "zip", { extractDir: SITE });
    }
    const lean = await boot({ stdLibURL: path.join(job.out, "start.zip") });
    mount(lean, packages, SITE);
    mount(lean, job.here, "/makers/site_hooks/pyodide");
    const stages = lean.runPython(`
import sys; sys.path.insert(0, "/makers"); from site_hooks.pyodide.needed import needed; needed()
`);
    python.globals.set("stages", python.toPy(stages.toJs()));
    fs.rmSync(path.join(job.out, "start.zip"));
    mount(python, path.dirname(job.importer), "/importer");
    ask(
      python,
      `
for name, content in bytecode.runtime_packs(Path("/core"), Path("/importer/importer.py"), stages).items():
    Path("/out", name).write_bytes(content)
`,
    );
    fs.rmSync(packages, { recursive: true });
  }
} catch (error) {
  // Without the stack: Node.js would print the whole of Pyodide's source beside it.
  console.error(error.message);
  process.exit(1);
}
