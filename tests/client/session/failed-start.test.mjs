// Why Python did not start: what the server says of its front page
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { explain, NOTHING } from "../../../site_hooks/client/session/failed-start";

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
    const { kind, message } = await explain(failure);
    assert.equal(kind, "gone");
    assert.equal(message, "The lesson was updated since this page was opened.");
  }
  assert.deepEqual([...new Set(asked)], ["GET https://a.test/lesson/"]);
});

test("where the front page is of this version, the failure is what it seemed", async () => {
  for (const failure of [NOTHING, UNSUPPORTED]) assert.equal(await explain(failure), failure);
});

test("without a network nothing more is known", async () => {
  globalThis.fetch = () => Promise.reject(new TypeError("Failed to fetch"));
  for (const failure of [NOTHING, UNSUPPORTED]) assert.equal(await explain(failure), failure);
});

test("a front page that is not ours tells nothing", async () => {
  server["https://a.test/lesson/"] = () => new Response("<h1>Sign in</h1>");
  assert.equal(await explain(UNSUPPORTED), UNSUPPORTED);
});
