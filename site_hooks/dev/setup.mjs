// Gets a fresh checkout ready: Node packages, a Python environment, a browser for the tests. Does only what changed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const WINDOWS = process.platform === "win32";
const VENV = path.join(ROOT, ".venv");
export const PYTHON = path.join(VENV, WINDOWS ? "Scripts/python.exe" : "bin/python");
const MINIMUM = { node: 20, python: [3, 11] };

/**
 * Ends the command with one line that says what to do.
 * @returns {never}
 */
export function fail(line) {
  console.error(`\n${line}`);
  process.exit(1);
}

export function run(command, args, options = {}) {
  const done = spawnSync(command, args, { cwd: ROOT, stdio: "inherit", ...options });
  if (done.error) return { status: 1, error: done.error.message };
  return { status: done.status ?? 1, output: done.stdout?.toString() ?? "" };
}

/** Node packages and the Python environment. */
export function setUp() {
  const node = Number(process.versions.node.split(".")[0]);
  if (node < MINIMUM.node)
    fail(`Node ${MINIMUM.node} or newer is needed; this is ${process.versions.node}. Get it from https://nodejs.org.`);
  nodePackages();
  pythonPackages();
}

function nodePackages() {
  once(
    path.join(ROOT, "node_modules", ".installed"),
    ["package.json", "package-lock.json"],
    "Installing the Node packages",
    () => {
      // npm names its own program in npm_execpath, so that Windows needs no npm.cmd.
      const npm = process.env.npm_execpath;
      const [command, args] = npm ? [process.execPath, [npm]] : ["npm", []];
      const { status, error } = run(command, [...args, "ci", "--no-audit", "--no-fund", "--loglevel=error"], {
        shell: !npm && WINDOWS,
      });
      if (status)
        fail(
          `npm ci failed${error ? `: ${error}` : ""}. Check the network and the free disk space, then run the same command again.`,
        );
    },
  );
}

// Most modules are never imported; Python compiles the others then.
const PIP_INSTALL = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"];

function pythonPackages() {
  const requirements = path.join(ROOT, "requirements.txt");
  once(path.join(VENV, ".installed"), ["requirements.txt"], "Installing the Python packages", () => {
    const python = findPython();
    fs.rmSync(VENV, { recursive: true, force: true });
    if (run(python[0], [...python.slice(1), "-m", "venv", VENV]).status) {
      fail(
        "Python could not make a virtual environment. On Debian and Ubuntu: apt install python3-venv. Then run the same command again.",
      );
    }
    if (run(PYTHON, [...PIP_INSTALL, "--quiet", "--require-hashes", "-r", requirements]).status)
      fail("pip install failed. Check the network and the free disk space, then run the same command again.");
  });
}

/**
 * PyTorch, which proves the twins of cells. Only CI installs it: 200 MB, and some GB where no build for the CPU is at
 * hand, are much for one test. Its version stands in pyproject.toml; the pip of a new environment may be too old to read
 * groups.
 */
export function pytorch() {
  once(path.join(VENV, ".torch"), ["pyproject.toml", "requirements.txt"], "Installing PyTorch", () => {
    const read = "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['dependency-groups']['torch'])";
    const { output } = run(PYTHON, ["-c", read], { stdio: ["ignore", "pipe", "inherit"] });
    const wanted = (output ?? "").trim().split(" ");
    if (run(PYTHON, [...PIP_INSTALL, ...wanted]).status)
      fail(
        "PyTorch could not be installed. Check the network and the free disk space, then run the same command again.",
      );
  });
}

/** The first Python that is new enough: PYTHON from the environment, then the usual names. */
export function findPython() {
  const names = ["python3", "python", "python3.14", "python3.13", "python3.12", "python3.11"].map((name) => [name]);
  if (process.env.PYTHON) names.unshift([process.env.PYTHON]);
  if (WINDOWS) names.push(["py", "-3"]);
  const seen = [];
  for (const [command, ...args] of names) {
    const probe = spawnSync(command, [...args, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], {
      encoding: "utf8",
    });
    if (probe.status !== 0) continue;
    const version = probe.stdout.trim();
    const [major, minor] = version.split(".").map(Number);
    if (major === MINIMUM.python[0] && minor >= MINIMUM.python[1]) return [command, ...args];
    seen.push(`${command} is ${version}`);
  }
  const found = seen.length ? `Found only: ${[...new Set(seen)].join(", ")}.` : "None was found.";
  return fail(
    `Python ${MINIMUM.python.join(".")} or newer is needed. ${found} Get it from https://www.python.org, or set PYTHON to its path.`,
  );
}

/** Runs `work` when the files differ from those of the last time, and remembers them. */
function once(stamp, files, what, work) {
  const digest = createHash("sha256");
  for (const file of files) digest.update(fs.readFileSync(path.join(ROOT, file)));
  digest.update(process.platform + process.arch);
  const wanted = digest.digest("hex");
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, "utf8") === wanted) return;
  console.log(`${what} …`);
  work();
  fs.writeFileSync(stamp, wanted);
}

/** The Chromium for the tests: CHROMIUM, one that is installed, Debian's, or Playwright's. */
export function findChromium() {
  const found = installedChromium();
  if (found) return found;
  if (canInstall()) {
    install("chromium");
    const installed = installedChromium();
    if (installed) return installed;
  }
  console.log("Downloading Playwright's Chromium …");
  if (run(PYTHON, ["-m", "playwright", "install", "chromium"]).status) {
    fail("No Chromium was found and none could be installed. Install Chrome or Chromium, or set CHROMIUM to its path.");
  }
  return ""; // Playwright finds its own
}

/**
 * Debian's Chromium that never has a window, for the tests: they take a fifth less of the processor's time with it, and
 * use Chromium where it is not. Both are of one version.
 */
export function windowlessChromium() {
  if (!which("chromium-headless-shell") && canInstall()) install("chromium", "chromium-headless-shell");
}

function canInstall() {
  return process.platform === "linux" && process.getuid?.() === 0 && which("apt-get");
}

function install(...packages) {
  console.log(`Installing ${packages.join(" and ")} …`);
  run("apt-get", ["update", "-qq"]);
  run("apt-get", ["install", "-y", "-qq", ...packages], {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
}

function installedChromium() {
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  const places = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    path.join(process.env.PROGRAMFILES ?? "", "Google/Chrome/Application/chrome.exe"),
  ];
  return process.env.CHROMIUM || names.map(which).find(Boolean) || places.find((place) => fs.existsSync(place)) || "";
}

function which(name) {
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  return folders.map((folder) => path.join(folder, WINDOWS ? `${name}.exe` : name)).find((file) => fs.existsSync(file));
}
