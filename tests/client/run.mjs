// Bundles the client's unit tests and runs them under Node: node tests/client/run.mjs
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const out = mkdtempSync(path.join(tmpdir(), "client-tests-"));
const file = (name, bytes) => ({ file: name, integrity: `sha256-${name}`, bytes });
const pack = (name, bytes, role, plain) => ({ ...file(name, bytes), role, ...(plain && { plain }) });
const packs = {
  core: pack("core.1.pack", 1000, "start", file("core.1.wasm", 700)),
  first: pack("first.1.pack", 2000, "code"),
  memory: pack("memory.1.pack", 4000, "memory"),
  wasm: pack("wasm.1.pack", 3000, "wasm-packed", file("pyodide.1.wasm", 2000)),
};
const tests = readdirSync(here, { encoding: "utf8", recursive: true }).filter((name) => name.endsWith(".test.mjs"));
const words = JSON.parse(readFileSync(path.join(here, "../../site_hooks/languages/en.json"), "utf8"));
try {
  await build({
    entryPoints: tests.map((name) => path.join(here, name)),
    outdir: out,
    outbase: here,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    define: {
      WORDS: JSON.stringify(words),
      RUNTIME: JSON.stringify({ packs, key: "key" }),
      "import.meta.url": '"https://a.test/lesson/assets/client/index.js"',
    },
    // The page that scripts ask for the site's version when they load.
    banner: { js: `globalThis.document = { querySelector: () => ({ content: "v1", dataset: {} }) };` },
    sourcemap: "inline",
    logLevel: "warning",
  });
  const files = tests.map((name) => path.join(out, name));
  process.exitCode = spawnSync(process.execPath, ["--test", ...files], { stdio: "inherit" }).status ?? 1;
} finally {
  rmSync(out, { recursive: true, force: true });
}
