// The worker's script fetched past the cache: what is published, what is not, and why nothing came.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { beforeEach, test } from "node:test";
import { renewScript, SCRIPT } from "../../../site_hooks/client/session/worker-script";

const GOOD = "onmessage = () => 1;";
const named = createHash("sha256").update(GOOD).digest("hex").slice(0, 12);
let answer, asked;

beforeEach(() => {
  asked = [];
  SCRIPT.pathname = `/lesson/assets/client/worker.${named}.js`;
  globalThis.fetch = async (url, { method = "GET", cache }) => {
    asked.push(`${method} ${url.pathname.split("/").at(-1)} ${cache}`);
    return answer(method);
  };
});

test("what was published is taken, past the cache", async () => {
  answer = () => new Response(GOOD);
  assert.equal(await renewScript(), undefined);
  assert.deepEqual(asked, [`GET worker.${named}.js reload`]);
});

for (const [what, body] of Object.entries({
  changed: GOOD.replace("1", "2"),
  cut: GOOD.slice(0, 9),
  "a captive portal's page": "<!doctype html>",
})) {
  test(`what is ${what} is told`, async () => {
    answer = (method) => new Response(method === "HEAD" ? null : body);
    const { kind, message } = await renewScript();
    assert.equal(kind, "changed");
    assert.match(message, /part of Python \(worker\) did not arrive as it was published/);
  });
}

for (const [status, kind] of [
  [0, "offline"],
  [404, "gone"],
  [503, "server"],
]) {
  test(`a server that answers ${status}`, async () => {
    answer = (method) => {
      if (!status) throw new TypeError("no line");
      return new Response(method === "HEAD" ? null : GOOD, { status });
    };
    assert.equal((await renewScript()).kind, kind);
  });
}

test("a script without a hash in its name, as under mkdocs serve, is taken as it comes", async () => {
  SCRIPT.pathname = "/lesson/assets/client/worker.js";
  answer = () => new Response("anything");
  assert.equal(await renewScript(), undefined);
});
