// Bundles the client with esbuild and prints {file name: base64} as JSON. Called by bundle.py with
// {"entries": [path...], "define": {NAME: value}} as its argument; paths are relative to the repository.
import path from "node:path";
import process from "node:process";
import { build } from "esbuild";

const { entries, define } = JSON.parse(process.argv[2]);
const out = path.resolve("out");
const options = {
  entryPoints: entries,
  outdir: out,
  bundle: true,
  splitting: true,
  format: "esm",
  minify: true,
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  write: false,
  logLevel: "error",
  chunkNames: "[name]-[hash]",
  define: Object.fromEntries(Object.entries(define).map(([name, value]) => [name, JSON.stringify(value)])),
};
// esbuild itself prints what is wrong, with file and line.
const { outputFiles } = await build(options).catch(() => process.exit(1));
const named = outputFiles.map((file) => [
  path.relative(out, file.path).replaceAll(path.sep, "/"),
  Buffer.from(file.contents).toString("base64"),
]);
process.stdout.write(JSON.stringify(Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1)))));
