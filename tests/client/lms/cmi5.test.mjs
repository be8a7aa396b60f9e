// cmi5: what is asked and said, in which order; tests/browser/test_lms.py does so in a page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Cmi5 } from "../../../site_hooks/client/lms/cmi5";

const ACTOR = { objectType: "Agent", account: { homePage: "https://lms.test", name: "17" } };
const LAUNCH = {
  contextTemplate: {
    contextActivities: { grouping: [{ id: "urn:lesson" }] },
    extensions: { "https://w3id.org/xapi/cmi5/context/extensions/sessionid": "s1" },
  },
  launchMode: "Normal",
  masteryScore: 0.5,
};
const QUERY = {
  endpoint: "https://lms.test/xapi",
  fetch: "https://lms.test/token",
  actor: JSON.stringify(ACTOR),
  registration: "11111111-1111-4111-8111-111111111111",
  activityId: "https://lms.test/au/1",
};
const STANDING = { done: "1abcdAAA", at: "b/index.html", share: 0.2, passed: false };
const verbs = (statements) => statements.map(({ verb }) => verb.id.split("/").at(-1));

/** A system with `documents`; `down` says which requests fail. */
function system({ launch = LAUNCH, own = null, down = () => 0, query = QUERY } = {}) {
  const asked = [];
  const statements = [];
  const documents = { "LMS.LaunchData": launch, lesson: own };
  let tokens = 0;
  let now = 0;
  const fetch = async (address, { method, headers = {}, body, keepalive }) => {
    const url = new URL(address);
    const request = {
      method,
      path: url.pathname,
      query: url.searchParams,
      headers,
      body: body && JSON.parse(body),
      keepalive,
    };
    asked.push(request);
    const failed = down(request);
    if (failed) return new Response("{}", { status: failed });
    if (url.pathname === "/token") {
      return Response.json(tokens++ ? { "error-code": "1", "error-text": "used" } : { "auth-token": "abc" });
    }
    if (url.pathname === "/xapi/statements") {
      statements.push(...request.body);
      return Response.json(request.body.map(({ id }) => id));
    }
    const state = url.searchParams.get("stateId");
    if (method === "PUT") {
      documents[state] = request.body;
      return new Response(null, { status: 204 });
    }
    return documents[state] ? Response.json(documents[state]) : new Response("", { status: 404 });
  };
  const make = () => new Cmi5(new URLSearchParams(query), fetch, () => now);
  return { cmi5: make(), make, asked, statements, documents, pass: (ms) => (now += ms) };
}

test("a visit begins with the token, the documents, and the first statement", async () => {
  const { cmi5, asked, statements } = system({ own: { done: "1abcdAAA", at: "a/index.html", passed: false } });
  assert.deepEqual(await cmi5.begin(), {
    done: "1abcdAAA",
    at: "a/index.html",
    passed: false,
    silent: false,
    mark: 0.5,
    back: null,
  });
  assert.deepEqual(
    asked.map(({ method, path }) => `${method} ${path}`),
    [
      "POST /token",
      "GET /xapi/activities/state",
      "GET /xapi/agents/profile",
      "GET /xapi/activities/state",
      "POST /xapi/statements",
    ],
  );
  for (const { headers } of asked.slice(1)) {
    assert.equal(headers.Authorization, "Basic abc");
    assert.equal(headers["X-Experience-API-Version"], "1.0.3");
  }
  assert.deepEqual(Object.fromEntries(asked[1].query), {
    agent: QUERY.actor,
    activityId: QUERY.activityId,
    registration: QUERY.registration,
    stateId: "LMS.LaunchData",
  });
  const [{ id, timestamp, ...statement }] = statements;
  assert.match(id, /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  assert.equal(timestamp, "1970-01-01T00:00:00.000Z");
  assert.deepEqual(statement, {
    actor: ACTOR,
    verb: { id: "http://adlnet.gov/expapi/verbs/initialized", display: { en: "initialized" } },
    object: { objectType: "Activity", id: QUERY.activityId },
    context: {
      registration: QUERY.registration,
      contextActivities: {
        grouping: [{ id: "urn:lesson" }],
        category: [{ id: "https://w3id.org/xapi/cmi5/context/categories/cmi5" }],
      },
      extensions: LAUNCH.contextTemplate.extensions,
    },
  });
});

test("progress is told when it has changed, what was passed once, and nothing after the end", async () => {
  const { cmi5, statements, documents, asked, pass } = system();
  await cmi5.begin();
  await cmi5.keep(STANDING);
  await cmi5.keep({ ...STANDING, at: "c/index.html" });
  pass(61_000);
  await cmi5.keep({ ...STANDING, share: 0.6, passed: true });
  await cmi5.keep({ ...STANDING, share: 0.8, passed: true });
  await cmi5.end({ ...STANDING, share: 0.8, passed: true });
  assert.deepEqual(verbs(statements), ["initialized", "progressed", "completed", "passed", "terminated"]);
  const [, progressed, completed, passed, terminated] = statements;
  assert.deepEqual(progressed.result, { extensions: { "https://w3id.org/xapi/cmi5/result/extensions/progress": 20 } });
  // Only what cmi5 defines has its category.
  assert.deepEqual(progressed.context.contextActivities.category, []);
  assert.deepEqual(completed.result, { completion: true, duration: "PT0H1M1S" });
  assert.deepEqual(passed.result, {
    success: true,
    score: { scaled: 0.6, raw: 60, min: 0, max: 100 },
    duration: "PT0H1M1S",
  });
  for (const one of [completed, passed]) {
    assert.deepEqual(
      one.context.contextActivities.category.map(({ id }) => id.split("/").at(-1)),
      ["cmi5", "moveon"],
    );
  }
  assert.equal(passed.context.extensions["https://w3id.org/xapi/cmi5/context/extensions/masteryscore"], 0.5);
  assert.deepEqual(terminated.result, { duration: "PT0H1M1S" });
  assert.equal(new Set(statements.map(({ id }) => id)).size, 5);
  assert.deepEqual(documents.lesson, { done: STANDING.done, at: STANDING.at, passed: true });
  // The browser sends the last ones when the page has gone.
  assert.deepEqual(asked.at(-1).keepalive, true);
});

test("the next visit does not tell again that the lesson was passed", async () => {
  const { cmi5, make, statements } = system();
  await cmi5.begin();
  await cmi5.keep({ ...STANDING, share: 1, passed: true });
  await cmi5.end({ ...STANDING, share: 1, passed: true });
  const again = system({ own: { done: "", at: "", passed: true } });
  await again.cmi5.begin();
  await again.cmi5.keep({ ...STANDING, share: 0.9, passed: true });
  await again.cmi5.end(null);
  assert.deepEqual(verbs(again.statements), ["initialized", "terminated"]);
  assert.equal(verbs(statements).filter((verb) => verb === "passed").length, 1);
  await assert.rejects(make().begin(), /This visit has ended/);
});

test("a visit that only looks says that it began and ended", async () => {
  for (const launchMode of ["Browse", "Review"]) {
    const { cmi5, statements, documents } = system({ launch: { ...LAUNCH, launchMode } });
    assert.equal((await cmi5.begin()).silent, true);
    await cmi5.end(null);
    assert.deepEqual(verbs(statements), ["initialized", "terminated"]);
    assert.equal(documents.lesson, null);
  }
});

test("statements that were not taken are sent again as they were, before the next ones", async () => {
  let status = 500;
  const { cmi5, statements, asked } = system({
    down: ({ path, body }) => (path.endsWith("statements") && verbs(body).includes("progressed") ? status : 0),
  });
  await cmi5.begin();
  await assert.rejects(cmi5.keep(STANDING), /statements: 500/);
  status = 0;
  await cmi5.keep({ ...STANDING, share: 0.4 });
  const sent = asked.filter(({ path }) => path.endsWith("statements")).map(({ body }) => body);
  assert.deepEqual(verbs(sent.at(-1)), ["progressed", "progressed"]);
  assert.equal(sent.at(-1)[0].id, sent.at(-2)[0].id);
  assert.equal(statements.length, 3);
});

test("what is there already was taken", async () => {
  const { cmi5 } = system({ down: ({ path }) => (path.endsWith("statements") ? 409 : 0) });
  await cmi5.begin();
  await cmi5.keep(STANDING);
});

test("a document that was not kept is kept by the next report, and one that is the same is not sent", async () => {
  let isDown = true;
  const { cmi5, documents, asked } = system({ down: ({ method }) => (method === "PUT" && isDown ? 503 : 0) });
  await cmi5.begin();
  await assert.rejects(cmi5.keep(STANDING), /state: 503/);
  isDown = false;
  await cmi5.keep(STANDING);
  await cmi5.keep(STANDING);
  assert.equal(documents.lesson.done, STANDING.done);
  assert.equal(asked.filter(({ method }) => method === "PUT").length, 2);
});

test("opened without a course, or with half of what a course gives, it says so", async () => {
  for (const query of [{}, { ...QUERY, fetch: "" }, { ...QUERY, actor: "{" }]) {
    const { cmi5, asked } = system({ query });
    await assert.rejects(cmi5.begin(), /was not opened from a course/);
    assert.equal(asked.length, 0);
  }
});

test("where learners go when they leave is a web address", async () => {
  for (const [returnURL, back] of [
    ["https://lms.test/course", "https://lms.test/course"],
    ["javascript:alert(1)", null],
    [undefined, null],
  ]) {
    const { cmi5 } = system({ launch: { ...LAUNCH, returnURL } });
    assert.equal((await cmi5.begin()).back, back);
  }
});
