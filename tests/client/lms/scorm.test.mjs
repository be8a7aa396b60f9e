// Where SCORM's object is looked for, and what is told to it; tests/browser/test_lms.py asks a whole implementation.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Scorm } from "../../../site_hooks/client/lms/scorm";

const STANDING = { done: "1abcdAAA", at: "losses/mse/index.html", share: 0.5, passed: false };

/** SCORM 1.2's object; `values` is what it keeps, `calls` what was called. */
function system(values = {}, own = {}) {
  const calls = [];
  const call =
    (name, answer) =>
    (...given) => {
      calls.push([name, ...given]);
      return answer(...given);
    };
  const api = {
    LMSInitialize: call("begin", () => "true"),
    LMSGetValue: call("get", (name) => values[name] ?? ""),
    LMSSetValue: call("set", (name, value) => {
      values[name] = value;
      return "true";
    }),
    LMSCommit: call("commit", () => "true"),
    LMSFinish: call("end", () => "true"),
    LMSGetLastError: () => "101",
    ...own,
  };
  return { api, values, calls };
}

function window(parent, extra = {}) {
  const made = { ...extra };
  made.parent = parent ?? made;
  return made;
}

const foreign = () =>
  new Proxy(window(), {
    get(own, name) {
      if (name === "parent") return own.parent;
      throw new DOMException("another origin", "SecurityError");
    },
  });

async function begun(values, own) {
  const found = system(values, own);
  const scorm = new Scorm("scorm12", window(null, { API: found.api }), () => 1000);
  return { ...found, scorm, begun: await scorm.begin() };
}

test("the object is in a window around the page, or around the one that opened it, past those of other origins", async () => {
  const { api } = system();
  const top = window(null, { API: api });
  const between = foreign();
  between.parent = top;
  const opener = window(top);
  for (const around of [
    window(top),
    window(window(window(top))),
    window(Object.assign(foreign(), { parent: top })),
    window(null, { opener }),
    window(window(null, { opener })),
  ]) {
    assert.equal((await new Scorm("scorm12", around).begin()).silent, false);
  }
});

test("where there is none, it is said in words and nothing is thrown later", async () => {
  for (const around of [window(), window(foreign()), window(null, { opener: null }), window(null, { API: {} })]) {
    const scorm = new Scorm("scorm12", around);
    await assert.rejects(scorm.begin(), /nothing (that you do here )?is reported/);
    await scorm.end(null);
  }
});

test("what a system has kept comes back; one without a mode means a usual visit", async () => {
  const kept = { "cmi.suspend_data": "1abcdAAA", "cmi.core.lesson_location": "a/index.html" };
  const { begun: found } = await begun(kept);
  assert.deepEqual(found, { done: "1abcdAAA", at: "a/index.html", silent: false, mark: null, back: null });
  for (const LMSGetValue of [() => undefined, () => null, () => ""]) {
    assert.deepEqual((await begun({}, { LMSGetValue })).begun, {
      done: "",
      at: "",
      silent: false,
      mark: null,
      back: null,
    });
  }
  const throws = {
    LMSGetValue() {
      throw new Error("no such element");
    },
  };
  assert.equal((await begun({}, throws)).begun.silent, false);
});

test("a visit that only looks reports nothing", async () => {
  for (const mode of ["browse", "review"]) {
    const { scorm, calls, begun: found } = await begun({ "cmi.core.lesson_mode": mode });
    assert.equal(found.silent, true);
    await scorm.end(null);
    assert.deepEqual(
      calls.filter(([name]) => name !== "get").map(([name]) => name),
      ["begin", "end"],
    );
  }
});

test("everything is called before the call returns: a page that goes away has no later", async () => {
  const { scorm, values, calls } = await begun();
  const keeping = scorm.keep(STANDING);
  assert.deepEqual(calls.at(-1), ["commit", ""]);
  assert.equal(values["cmi.core.score.raw"], "50");
  assert.equal(values["cmi.core.lesson_status"], "incomplete");
  assert.equal(values["cmi.suspend_data"], STANDING.done);
  assert.equal(values["cmi.core.lesson_location"], STANDING.at);
  const ending = scorm.end({ ...STANDING, share: 0.8, passed: true });
  assert.deepEqual(calls.at(-1), ["end", ""]);
  assert.equal(values["cmi.core.lesson_status"], "passed");
  assert.equal(values["cmi.core.exit"], "suspend");
  assert.equal(values["cmi.core.session_time"], "0000:00:00.00");
  await Promise.all([keeping, ending]);
});

test("what was passed stays passed, when the lesson has grown", async () => {
  const { scorm, values } = await begun({ "cmi.core.lesson_status": "passed" });
  await scorm.keep(STANDING);
  assert.equal(values["cmi.core.lesson_status"], "passed");
});

test("a score is rounded down, but for what floating point does", async () => {
  const { scorm, values } = await begun();
  for (const [share, raw] of [
    [0.29, "29"],
    [0.7999, "79"],
    [1, "100"],
    [1 / 3, "33"],
  ]) {
    await scorm.keep({ ...STANDING, share });
    assert.equal(values["cmi.core.score.raw"], raw);
  }
});

test("a system that does not take what counts has failed; one without limits of the score has not", async () => {
  const refuses = (wanted) => ({ LMSSetValue: (name) => String(!wanted.test(name)) });
  await (await begun({}, refuses(/min|max|suspend|location/))).scorm.keep(STANDING);
  for (const own of [refuses(/status/), refuses(/raw/), { LMSCommit: () => "false" }, { LMSCommit: undefined }]) {
    await assert.rejects((await begun({}, own)).scorm.keep(STANDING), /refused, error 101/);
  }
});

test("some answer true, not the word", async () => {
  const own = { LMSInitialize: () => true, LMSSetValue: () => true, LMSCommit: () => true };
  await (await begun({}, own)).scorm.keep(STANDING);
});

test("a visit that the system does not begin is told, and what to do", async () => {
  await assert.rejects(begun({}, { LMSInitialize: () => "false" }), /its error 101.*open it from the course again/);
});

test("SCORM 2004 has names of its own, and takes a visit that has been begun", async () => {
  const values = {};
  const api = {
    Initialize: () => "false",
    GetLastError: () => "103",
    GetValue: (name) => values[name] ?? "",
    SetValue: (name, value) => {
      values[name] = value;
      return "true";
    },
    Commit: () => "true",
    Terminate: () => "true",
  };
  let now = 0;
  const scorm = new Scorm("scorm2004", window(null, { API_1484_11: api }), () => now);
  await scorm.begin();
  now = 61_000;
  await scorm.end({ ...STANDING, share: 2 / 3 });
  assert.deepEqual(values, {
    "cmi.exit": "suspend",
    "cmi.suspend_data": STANDING.done,
    "cmi.location": STANDING.at,
    "cmi.score.min": "0",
    "cmi.score.max": "100",
    "cmi.score.raw": "66",
    "cmi.score.scaled": "0.6666",
    "cmi.progress_measure": "0.6666",
    "cmi.completion_status": "incomplete",
    "cmi.success_status": "unknown",
    "cmi.session_time": "PT0H1M1S",
  });
});
