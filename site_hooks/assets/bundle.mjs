// Bundles the client with esbuild and prints {files: {name: base64}, inputs: [path...]} as JSON. Called by bundle.py with
// {"groups": [{"entry": path, "host": {module: script}}...], "define": {NAME: value}} as its argument; paths are relative
// to the repository. Groups share nothing, but that one takes modules from the script that has them already, its host.
import path from "node:path";
import process from "node:process";
import { build } from "esbuild";

const { groups, define } = JSON.parse(process.argv[2]);
const out = path.resolve("out");
/** @type {import("esbuild").BuildOptions & { write: false, metafile: true }} */
const options = {
  outdir: out,
  bundle: true,
  splitting: true,
  format: "esm",
  minify: true,
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  write: false,
  metafile: true,
  logLevel: "error",
  // A program for Python comes as text.
  loader: { ".py": "text" },
  // Pyodide's loader imports these in Node.js only.
  external: ["node:*", "ws"],
  chunkNames: "[name]-[hash]",
  define: Object.fromEntries(Object.entries(define).map(([name, value]) => [name, JSON.stringify(value)])),
};
const named = [];
/** @type {Set<string>} */
const inputs = new Set();
for (const { entry, host } of groups) {
  const hosted = {
    name: "hosted",
    setup: ({ onResolve }) =>
      onResolve({ filter: /./ }, ({ path }) => (host[path] ? { path: host[path], external: true } : undefined)),
  };
  // esbuild itself prints what is wrong, with file and line.
  const { outputFiles, metafile } = await build({ ...options, entryPoints: [entry], plugins: [hosted] }).catch(() =>
    process.exit(1),
  );
  for (const input of Object.keys(metafile.inputs)) inputs.add(input);
  for (const { path: file, contents } of outputFiles) {
    named.push([path.relative(out, file).replaceAll(path.sep, "/"), Buffer.from(contents).toString("base64")]);
  }
}
const files = Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1)));
process.stdout.write(JSON.stringify({ files, inputs: [...inputs].sort() }));
