// The npm commands: start, build, check, check-cells, package, handout, test, bench, wheel, new-course, new-language. Each
// first sets up what it needs.
import { spawn } from "node:child_process";
import net from "node:net";
import { fail, findChromium, PYTHON, pytorch, ROOT, run, setUp, windowlessChromium } from "./setup.mjs";

const PORT = Number(process.env.PORT ?? 8000);
const python = (...args) => [PYTHON, args];
const ENVIRONMENT = { ...process.env, PYTHONPATH: ROOT, PYTHONUTF8: "1", NO_MKDOCS_2_WARNING: "1" };

const BUILD = python("-m", "mkdocs", "build", "--strict");
const node = (...args) => [process.execPath, args];
const CHECK = [
  python("-m", "ruff", "check", "."),
  python("-m", "ruff", "format", "--check", "."),
  python("-m", "mypy"),
  node("node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings", "."),
  node("node_modules/typescript/bin/tsc", "-p", "."),
  node("node_modules/typescript/bin/tsc", "-p", "tsconfig.node.json"),
];
const SHARED = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", "--durations", "20", "-rR"];
const TEST = [node("tests/client/run.mjs"), BUILD, python("-m", "pytest", ...SHARED)];

const tasks = {
  start: serve,
  build: () => inTurn([BUILD]),
  check: () => inTurn(CHECK),
  "check-cells": () => inTurn([python("-m", "site_hooks.dev.check_cells", ...rest)]),
  package: () => inTurn([BUILD, python("-m", "site_hooks.publish.package", ...rest)]),
  handout: () => inTurn([python("-m", "site_hooks.handout", ...rest)], { CHROMIUM: findChromium() }),
  // With arguments, such as `-k sgd` or a folder, pytest alone: the tests that they name.
  test: () =>
    inTurn(rest.length ? [python("-m", "pytest", ...rest)] : [...CHECK, ...TEST], { CHROMIUM: findChromium() }),
  wheel: () => inTurn([python("-m", "site_hooks.dev.lesson_wheel")]),
  "new-course": () => inTurn([python("-m", "site_hooks", "new-course", ...rest)]),
  "new-language": () => inTurn([python("-m", "site_hooks", "new-language", ...rest)]),
  bench: () => inTurn([BUILD, python("-m", "bench")], { CHROMIUM: findChromium() }),
};

/** Runs commands one after the other; the first that fails ends the task. */
function inTurn(commands, extra = {}) {
  for (const [command, args] of commands) {
    console.log(`\n> ${[command, ...args].map((part) => part.replace(ROOT, ".")).join(" ")}`);
    const { status, error } = run(command, args, { env: { ...ENVIRONMENT, ...extra } });
    if (error) console.error(error);
    if (status) process.exit(status);
  }
}

/** Serves the site with live reload, and says where once it answers. */
async function serve() {
  if (await inUse(PORT))
    fail(`Port ${PORT} is in use. End the program that uses it, or choose another: PORT=8001 npm start`);
  const address = `127.0.0.1:${PORT}`;
  const args = ["-m", "site_hooks.dev.serve", address];
  const server = spawn(PYTHON, args, { cwd: ROOT, stdio: "inherit", env: ENVIRONMENT });
  server.on("exit", (code) => process.exit(code ?? 0));
  /** @type {NodeJS.Signals[]} */
  const signals = ["SIGINT", "SIGTERM"];
  for (const signal of signals) process.on(signal, () => server.kill(signal));
  console.log("Building the site … (the first time takes some minutes)");
  while (!(await inUse(PORT))) await new Promise((resolve) => setTimeout(resolve, 200));
  console.log(`The lesson is at http://${address}/ (Ctrl+C ends it)`);
}

function inUse(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1");
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}

const [name, ...rest] = process.argv.slice(2);
const task = tasks[name];
if (!task) fail(`Unknown task ${name}; known: ${Object.keys(tasks).join(", ")}`);
setUp();
if (name === "test" && process.env.CI) {
  pytorch();
  windowlessChromium();
}
await task();
