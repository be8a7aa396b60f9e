// Bundles the client's unit tests and runs them under Node: node tests/client/run.mjs
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const out = mkdtempSync(path.join(tmpdir(), "client-tests-"));
const tests = readdirSync(here, { encoding: "utf8", recursive: true }).filter((name) => name.endsWith(".test.mjs"));
try {
  await build({
    entryPoints: tests.map((name) => path.join(here, name)),
    outdir: out,
    outbase: here,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    define: { RUNTIME: '{"packs": {}, "key": ""}' },
    sourcemap: "inline",
    logLevel: "warning",
  });
  const files = tests.map((name) => path.join(out, name));
  process.exitCode = spawnSync(process.execPath, ["--test", ...files], { stdio: "inherit" }).status ?? 1;
} finally {
  rmSync(out, { recursive: true, force: true });
}
