// What a dropped file can be by its name: a hand-in, secret checks, or neither.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isSecret, refused, several } from "../../../site_hooks/client/grade/dropped";

test("Python in a folder of hand-ins is a learner's, and no secret checks", () => {
  assert.equal(isSecret("checks.py"), true);
  assert.equal(isSecret("Ada_123/checks.py"), false);
  assert.equal(isSecret("a.json"), false);
  assert.match(refused("Ada_123/checks.py"), /not taken for your secret checks/);
});

test("a zip says what is to be done, and all else is read", () => {
  assert.match(refused("week 2.ZIP"), /unpack it/);
  assert.equal(refused("a.json"), null);
  assert.equal(refused("hand-in"), null);
});

test("of several Python files none is taken, and each is named", () => {
  assert.match(several([{ path: "a.py" }, { path: "b.py" }]), /a\.py, b\.py.*None was taken/);
});
