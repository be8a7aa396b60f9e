// The names under which browsers keep a learner's work: another name would lose it at an update.
import assert from "node:assert/strict";
import { test } from "node:test";
import { keysOf } from "../../../site_hooks/client/shared/site";

test("every key has the site's path in it, and stays what it was", () => {
  assert.deepEqual(keysOf(new URL("https://a.test/course/a%20b/")), {
    drafts: "py-cell:/course/a%20b/:",
    progress: "lesson:/course/a%20b/:progress:",
    guesses: "lesson:/course/a%20b/:guess:",
    shuffle: "lesson:/course/a%20b/:shuffle",
    line: "lesson:/course/a%20b/:line",
    seal: "lesson:/course/a%20b/:seal",
    refused: "lesson:/course/a%20b/:service-worker",
    caches: "lesson:/course/a%20b/:",
    codeSize: "lesson:/course/a%20b/:code-size",
    memory: "python %2Fcourse%2Fa%2520b%2F",
  });
});
