// Which hand-ins are alike: names and comments change nothing, what all share and what the lesson gives counts for nothing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { alike, fingerprints, tokens } from "../../../site_hooks/client/grade/similarity";

const LESSON = "def gradient(y_hat, y):\n    return ___";
const RIGHT = "def gradient(y_hat, y):\n    return 2 * (y_hat - y) / len(y)";
/** Long, and its author's own. */
const OWN = `def gradient(y_hat, y):
    total = []
    for place in range(len(y)):
        difference = y_hat[place] - y[place]
        if difference > 0:
            total.append(difference + abs(difference))
        else:
            total.append(2 * difference)
    share = 1 / max(1, len(total))
    return [share * each for each in total]`;
/** As somebody hands it in who copies it. */
const COPY = OWN.replaceAll("total", "result")
  .replaceAll("place", "i")
  .replaceAll("difference", "d")
  .replaceAll("share", "factor")
  .replaceAll("each", "r")
  .replace("for i", "# my own idea\n    for  i");
const OTHER = `def gradient(y_hat, y):
    import numpy as np
    y_hat, y = np.asarray(y_hat), np.asarray(y)
    while y.ndim > 1:
        y_hat, y = y_hat.ravel(), y.ravel()
    return np.multiply(2, np.subtract(y_hat, y)) / y.size`;

const written = (...codes) => codes.map((code) => new Map([["p#a", code]]));
const lesson = new Map([["p#a", LESSON]]);
const pairs = (...codes) => alike(written(...codes), lesson).map(({ one, other }) => [one, other]);

test("tokens: names become one, attributes, numbers and keywords stay, comments go", () => {
  assert.deepEqual(tokens("for x in rows.mean(axis=0):  # why\n  s = f\"a\" + 'b'"), [
    "for",
    "name",
    "in",
    "name",
    ".",
    "mean",
    "(",
    "name",
    "=",
    "0",
    ")",
    ":",
    "name",
    "=",
    '"',
    "+",
    '"',
  ]);
  assert.deepEqual(tokens("'''a\n# no comment'''"), ['"']);
  assert.deepEqual(tokens("ä **= 1e-3 // 2"), ["name", "**=", "1e-3", "//", "2"]);
  assert.deepEqual(tokens("not 'ended"), ["not", '"', "name"], "what is no Python is read too");
});

test("the lesson's own code leaves no fingerprint", () => {
  assert.equal(fingerprints(OWN, OWN).size, 0);
  assert.ok(fingerprints(OWN, LESSON).size > 10);
  assert.deepEqual([...fingerprints(COPY, LESSON)], [...fingerprints(OWN, LESSON)]);
});

test("a copy with other names is found among those who wrote for themselves", () => {
  assert.deepEqual(pairs(RIGHT, OWN, RIGHT, COPY, OTHER, RIGHT), [[1, 3]]);
  const [pair] = alike(written(RIGHT, OWN, OTHER, COPY, RIGHT, RIGHT), lesson);
  assert.equal(pair.share, 1);
});

test("what most have is no sign, however long it is", () => {
  assert.deepEqual(pairs(...Array(30).fill(OWN), OTHER), []);
  assert.deepEqual(pairs(...Array(30).fill(RIGHT)), []);
});

test("a short answer is never a sign, and two files have nothing to be compared with", () => {
  assert.deepEqual(pairs("x = 3", "x = 3", OWN, OTHER), []);
  assert.deepEqual(pairs(OWN, COPY), []);
  assert.deepEqual(pairs(), []);
});

test("half of a copy is found with its share", () => {
  const half = `${COPY}\n${OTHER.replaceAll("gradient", "other")}`;
  const [pair] = alike(written(OWN, half, RIGHT, RIGHT, RIGHT, RIGHT), lesson);
  assert.ok(!pair || pair.share < 0.75, JSON.stringify(pair));
});
