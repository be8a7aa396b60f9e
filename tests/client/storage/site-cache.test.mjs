// What is saved of the site: addresses, and which files of a new version stand where those of an old one stood.
import assert from "node:assert/strict";
import { test } from "node:test";
import { all, isLasting, ofPython, sameFiles, Saved, total } from "../../../site_hooks/client/storage/site-cache";

const MANIFEST = {
  pages: { "": [10, "sha256-p"], "losses/mse/": [20, "sha256-q"] },
  files: {
    "assets/client/index.222222222222.js": [30, "sha256-x"],
    "assets/runtime/core.bbbbbbbbbbbb.pack": [40, "sha256-y", "start"],
    "assets/runtime/core.bbbbbbbbbbbb.wasm": [700, "sha256-7", "unpacked"],
    "assets/runtime/first.bbbbbbbbbbbb.pack": [1, "sha256-1", "code"],
    "assets/runtime/fonts.bbbbbbbbbbbb.pack": [2, "sha256-2", "later"],
    "assets/runtime/more.bbbbbbbbbbbb.pack": [3, "sha256-3", "rare"],
    "assets/runtime/pyodide.bbbbbbbbbbbb.wasm": [4, "sha256-4", "wasm"],
    "assets/runtime/zipped.bbbbbbbbbbbb.pack": [500, "sha256-5", "wasm-packed"],
    "assets/runtime/snapshot.bbbbbbbbbbbb.pack": [600, "sha256-6", "memory"],
    "search/search_index.json": [50, "sha256-z"],
  },
};

test("addresses are relative to the site's folder", () => {
  const saved = new Saved(new URL("https://a.test/course/"), "v");
  assert.equal(saved.address("https://a.test/course/"), "");
  assert.equal(saved.address("https://a.test/course/index.html"), "");
  assert.equal(saved.address("https://a.test/course/losses/mse/?h=loss#fit"), "losses/mse/");
  assert.equal(saved.address("https://a.test/course/losses/mse/index.html"), "losses/mse/");
  assert.equal(saved.address("https://a.test/course/index.html5/"), "index.html5/");
  assert.equal(saved.address("https://a.test/elsewhere/"), undefined);
  assert.equal(saved.address("https://b.test/course/"), undefined);
});

test("sites at one origin have caches of their own", () => {
  const one = new Saved(new URL("https://a.test/"), "v");
  const other = new Saved(new URL("https://a.test/deeper/"), "v");
  assert.equal(other.name.startsWith(one.prefix), false);
});

test("a file of the new version is known by its name without the hash", () => {
  const had = ["", "assets/client/index.111111111111.js", "search/search_index.json", "assets/gone.aaaaaaaaaaaa.css"];
  assert.deepEqual(sameFiles(had, MANIFEST), ["assets/client/index.222222222222.js", "search/search_index.json", ""]);
  const files = { "assets/lunr.222222222222/min/lunr.de.min.js": [1, "sha256-w"] };
  const before = ["assets/lunr.111111111111/min/lunr.de.min.js"];
  assert.deepEqual(sameFiles(before, { pages: {}, files }), Object.keys(files));
});

test("everything, and its size: nothing in two forms, and not the memory", () => {
  assert.equal(all(MANIFEST).length, 9);
  assert.equal(total(MANIFEST), 160);
  assert.ok(!all(MANIFEST).some((address) => /zipped|snapshot|core.*wasm/.test(address)));
});

test("what a first plot needs of Python, and what comes after it by itself", () => {
  const ofWhat = (loaded) => ofPython(MANIFEST, loaded).map((address) => address.replace(/^.*\/|\.b+/g, ""));
  assert.deepEqual(ofWhat([]), ["core.pack", "first.pack", "fonts.pack"]);
  assert.deepEqual(ofWhat(["assets/runtime/core.bbbbbbbbbbbb.wasm"]), ["core.wasm", "fonts.pack"]);
});

test("a new version brings no memory, but Pyodide in the form that was saved", () => {
  const had = ["assets/runtime/snapshot.aaaaaaaaaaaa.pack", "assets/runtime/zipped.aaaaaaaaaaaa.pack"];
  assert.deepEqual(sameFiles(had, MANIFEST), ["assets/runtime/zipped.bbbbbbbbbbbb.pack"]);
});

test("what lies below assets/ lasts", () => {
  assert.equal(isLasting("assets/site.0.json"), true);
  assert.equal(isLasting("search/search_index.json"), false);
});
