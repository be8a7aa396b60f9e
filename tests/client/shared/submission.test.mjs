// A hand-in as a file: its hash, its checksum, and what is refused of files that are none.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { sha256 } from "../../../site_hooks/client/shared/sha256";
import { baseHash, LARGEST, read, SCHEMA, sealed } from "../../../site_hooks/client/shared/submission";

const CELL = { page: "p", id: "a", base: "0123", code: "x = 1\n", claimed: true, runs: 2, first: 10, last: 20 };
const HAND_IN = {
  schema: SCHEMA,
  course: "Losses",
  version: "v1",
  name: "Ümit <b>",
  saved: "2026-01-02",
  cells: [CELL],
};

const changed = (change) => JSON.stringify({ ...JSON.parse(sealed(HAND_IN)), ...change });
const withCell = (change) => changed({ cells: [{ ...CELL, ...change }] });

test("a hash is SHA-256, whatever the length", () => {
  for (const length of [0, 1, 3, 55, 56, 57, 63, 64, 65, 119, 120, 1000, 100_000]) {
    const text = "aé漢😀"
      .repeat(length)
      .slice(0, length)
      .replace(/[\ud800-\udbff]$/, "x");
    assert.equal(sha256(text), createHash("sha256").update(text).digest("hex"), String(length));
  }
  // FIPS 180-4's own example.
  assert.equal(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

test("a file that is read is what was sealed, and its checksum shows each change", () => {
  const found = read(sealed(HAND_IN));
  assert.deepEqual(found, { submission: HAND_IN, isSealed: true });
  assert.equal(read(`\uFEFF${sealed(HAND_IN).replace(/\s*\n\s*/g, "")}`).isSealed, true, "layout is no content");
  assert.equal(read(changed({ name: "Another" })).isSealed, false);
  assert.equal(read(withCell({ claimed: false })).isSealed, false);
  assert.equal(read(changed({ checksum: undefined })).isSealed, false);
  assert.equal(read(changed({ more: 1 })).isSealed, false, "what is added is a change");
});

test("a base is named by the beginning of its hash", () => {
  assert.equal(baseHash("abc"), "ba7816bf8f01");
});

test("what is no hand-in is refused in words, and does no harm", () => {
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  for (const [text, words] of [
    ["", /no JSON/],
    ["{", /no JSON/],
    ["[]", /no object/],
    ["null", /no object/],
    [deep, /no object|no JSON/],
    ['{"schema": "other"}', /its schema is "other"/],
    ["{}", /its schema is missing/],
    [changed({ name: 3 }), /no short text/],
    [changed({ name: "x".repeat(301) }), /no short text/],
    [changed({ cells: {} }), /no list/],
    [changed({ cells: Array(1001).fill(CELL) }), /no list of at most 1000/],
    [changed({ cells: [CELL, CELL] }), /p#a stands in it twice/],
    [withCell({ code: 3 }), /its cell 1 cannot be read/],
    [withCell({ code: "x".repeat(200_001) }), /its cell 1 cannot be read/],
    [withCell({ runs: -1 }), /its cell 1 cannot be read/],
    [withCell({ last: 1e300 }), /its cell 1 cannot be read/],
    [withCell({ claimed: "yes" }), /its cell 1 cannot be read/],
    ["x".repeat(LARGEST + 1), /2\.0 MB; a hand-in has at most 2/],
  ]) {
    const found = read(text);
    assert.equal(typeof found, "string", text.slice(0, 80));
    assert.match(found, words);
  }
  const nested = sealed(HAND_IN).replace(/\n\}\n$/, `,"deep": ${deep}}`);
  assert.notEqual(read(nested).isSealed, true);
});
