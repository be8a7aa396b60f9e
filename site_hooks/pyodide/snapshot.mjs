// Runs record.ts under Node.js as if in a browser's worker, at a fixed hour and with fixed randomness: the same memory on
// every machine. Called by snapshot.py with {script, parts: {name: file}, out} as JSON: files, and the folder for what is found.
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";

const { script, parts, out } = JSON.parse(process.argv[2]);
const end = (code) => process.exit(code);

// All that Pyodide 314.0.4 and Emscripten 5.0.3 look at to tell where they are, and draw randomness and time from. If
// an update looks elsewhere, two recordings differ, and a test says so.
let drawn = 0;
let milliseconds = 0;
/** Starts that are given the same number have the same randomness and clock. */
const begin = (number) => {
  drawn = number;
  milliseconds = 1000 * number;
};
const set = (name, value) => Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
set("process", undefined);
set("self", globalThis);
set("WorkerGlobalScope", { [Symbol.hasInstance]: (value) => value === globalThis });
set("location", new URL("http://localhost/"));
set("navigator", { userAgent: "", platform: "", language: "en-US" });
set("crypto", { getRandomValues: (bytes) => bytes.fill(++drawn) });
set("performance", { timeOrigin: Date.UTC(2026, 0, 1), now: () => (milliseconds += 1) });
Date.now = () => performance.timeOrigin + performance.now();
// Node.js imports no blobs.
set(
  "Blob",
  class {
    constructor([bytes], { type = "application/octet-stream" } = {}) {
      this.address = `data:${type};base64,${Buffer.from(bytes).toString("base64")}`;
    }
  },
);
URL.createObjectURL = (/** @type {any} */ { address }) => address;

try {
  const { record } = await import(pathToFileURL(script).href);
  const read = ([name, file]) => [name, new Uint8Array(gunzipSync(fs.readFileSync(file)))];
  const files = await record(Object.fromEntries(Object.entries(parts).map(read)), begin);
  for (const [name, content] of files) fs.writeFileSync(path.join(out, name), content);
  end(0);
} catch (error) {
  console.error(error);
  end(1);
}
