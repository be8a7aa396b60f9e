// Why Python did not start: what the server says of its front page and of the worker's script.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { explain, NOTHING } from "../../../site_hooks/client/session/failed-start";

const SCRIPT = new URL("https://a.test/lesson/assets/client/worker.js");
const UNSUPPORTED = { kind: "unsupported", message: "It did not start." };
const page = (version) => new Response(`<meta name="site-version" content="${version}">`);
let server, asked;

beforeEach(() => {
  server = { "https://a.test/lesson/": () => page("v1") };
  asked = [];
  globalThis.fetch = async (url, { method = "GET" } = {}) => {
    asked.push(`${method} ${url}`);
    const answer = server[url];
    return answer ? answer() : new Response("", { status: 404 });
  };
});

test("another version on the front page is the reason, whatever failed", async () => {
  server["https://a.test/lesson/"] = () => page("v2");
  for (const failure of [NOTHING, UNSUPPORTED]) {
    const { kind, message } = await explain(failure, SCRIPT);
    assert.equal(kind, "gone");
    assert.equal(message, "The lesson was updated since this page was opened.");
  }
  assert.deepEqual([...new Set(asked)], ["GET https://a.test/lesson/"]);
});

test("a script that the server does not have, does not give, or has", async () => {
  assert.equal((await explain(NOTHING, SCRIPT)).kind, "gone");
  for (const [status, kind] of [
    [503, "server"],
    [200, "changed"],
  ]) {
    server[SCRIPT] = () => new Response("", { status });
    assert.equal((await explain(NOTHING, SCRIPT)).kind, kind);
  }
  assert.equal(asked.at(-1), `HEAD ${SCRIPT}`);
});

test("without a network it is the network", async () => {
  globalThis.fetch = () => Promise.reject(new TypeError("Failed to fetch"));
  assert.equal((await explain(NOTHING, SCRIPT)).kind, "offline");
  assert.equal(await explain(UNSUPPORTED, SCRIPT), UNSUPPORTED);
});

test("a front page that is not ours tells nothing", async () => {
  server["https://a.test/lesson/"] = () => new Response("<h1>Sign in</h1>");
  assert.equal(await explain(UNSUPPORTED, SCRIPT), UNSUPPORTED);
});
