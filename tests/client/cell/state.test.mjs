// What each state of a cell shows: the attribute data-state, the buttons, the words.
import assert from "node:assert/strict";
import { test } from "node:test";
import { attribute, hint, isBusy, loadingStep, message, status } from "../../../site_hooks/client/cell/state";

const ended = (how, breakdown, kept = false) => ({ kind: "ended", how, breakdown, kept, limit: 30 });

const TABLE = [
  [{ kind: "idle" }, "idle", false, ""],
  [{ kind: "queued", behind: "Waiting." }, "queued", true, "Waiting"],
  [{ kind: "loading", step: "NumPy", fraction: 0.5 }, "loading", true, "Loading"],
  [{ kind: "running", since: 0, error: null }, "running", true, "Running"],
  [{ kind: "done", ms: 0.2, meant: null, ran: true }, "done", false, "Done in 1 ms"],
  [{ kind: "done", ms: 0, meant: null, ran: false }, "done", false, "Not run"],
  [{ kind: "done", ms: 12_345, meant: null, ran: true }, "done", false, "Done in 12.3 s"],
  [{ kind: "error", error: null }, "error", false, "Error"],
  [{ kind: "unloaded", failure: { kind: "offline", message: "No line." } }, "error", false, "Not loaded"],
  [ended("stopped"), "stopped", false, "Stopped"],
  [ended("replaced"), "stopped", false, "Stopped"],
  [ended("timeout"), "stopped", false, "Stopped"],
  [ended("withdrawn"), "stopped", false, "Stopped"],
  [ended("dropped"), "stopped", false, "Stopped"],
  [ended("blocked"), "stopped", false, "Stopped"],
  [ended("crashed"), "error", false, "Error"],
];

for (const [state, word, busy, line] of TABLE) {
  test(`${state.kind} ${state.how ?? ""}`, () => {
    assert.equal(attribute(state), word);
    assert.equal(isBusy(state), busy);
    assert.equal(status(state), line);
  });
}

test("the panel's line says what is waited for, then that nothing came", () => {
  assert.equal(hint({ kind: "queued", behind: "Waiting for “Fit”." }), "Waiting for “Fit”.");
  assert.match(hint({ kind: "loading", step: "", fraction: 0 }), /being loaded/);
  assert.match(hint({ kind: "done", ms: 1, meant: null, ran: true }), /printed nothing/);
  assert.match(hint({ kind: "done", ms: 0, meant: null, ran: false }), /Nothing was run/);
});

test("what is being loaded, how much is here, and how long the rest takes", () => {
  const said = (amount) => loadingStep({ step: "Downloading", fraction: 0.1, amount });
  assert.equal(said(undefined), "Downloading");
  assert.equal(said({ bytes: 0, of: 10_377_000 }), "Downloading: 0.0 of 10.4 MB");
  assert.equal(said({ bytes: 3_100_000, of: 10_377_000, seconds: 4 }), "Downloading: 3.1 of 10.4 MB, about 4 s left");
  assert.match(said({ bytes: 1, of: 10_377_000, seconds: 290 }), /, about 5 min left$/);
});

test("only an end that took the variables says that they are gone", () => {
  for (const how of ["stopped", "replaced", "timeout", "crashed"])
    assert.match(message(ended(how)).text, /variables .* are gone/);
  for (const how of ["stopped", "replaced", "timeout"])
    assert.match(message(ended(how, undefined, true)).text, /\. The variables are kept\.$/);
  for (const how of ["withdrawn", "dropped", "blocked"]) assert.doesNotMatch(message(ended(how)).text, /gone/);
  assert.equal(message({ kind: "done", ms: 1, meant: null, ran: true }), null);
  assert.match(message(ended("timeout")).text, /longer than 30 s/);
});

test("a breakdown says what it was from", () => {
  const said = (kind, detail = "") => message(ended("crashed", { kind, detail })).text;
  assert.match(said("recursion"), /^Python broke down, because calls went too deep/);
  assert.match(said("memory"), /^Python broke down, perhaps because memory ran out/);
  assert.match(said("unknown"), /^Python broke down\. Python was started anew/);
  assert.match(said("memory", "out of bounds"), /\(out of bounds\)$/);
});

test("what to do after a failed start follows from its kind, not from its words", () => {
  const said = (kind) => message({ kind: "unloaded", failure: { kind, message: "Reload, again." } }).text;
  assert.equal(
    said("offline"),
    "Python could not be loaded. Reload, again. Check the connection, then try again. Your code is kept.",
  );
  assert.match(said("gone"), /Reload the page\./);
  assert.match(said("unsupported"), /update the browser/);
  const kinds = ["offline", "changed", "gone", "server", "stalled", "unsupported"];
  for (const kind of kinds) assert.match(said(kind), /again\. \S.+\. Your code is kept\.$/);
});
