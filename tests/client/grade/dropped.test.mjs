// What a dropped file can be by its name: a hand-in, secret checks, or neither.
import assert from "node:assert/strict";
import { test } from "node:test";
import { dropped, isSecret, MOST, refused, several } from "../../../site_hooks/client/grade/dropped";

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

const file = (name) => ({ isFile: true, name, fullPath: `/${name}`, file: (take) => take(name) });
function folder(count) {
  const held = Array.from({ length: count }, (_, at) => file(`${at}.json`));
  const readEntries = (take) => take(held.splice(0, 100)); // as browsers do, some at a time
  return { isFile: false, name: "week 2", createReader: () => ({ readEntries }) };
}
const drop = (...entries) => dropped({ items: entries.map((one) => ({ webkitGetAsEntry: () => one })), files: [] });

test("of a folder that holds more than a course has, the first are taken, and it is told", async () => {
  const most = await drop(folder(MOST));
  assert.deepEqual([most.files.length, most.isAll], [MOST, true]);
  for (const more of [
    await drop(folder(MOST + 1)),
    await drop(folder(5 * MOST)),
    await drop(folder(MOST), file("a")),
  ]) {
    assert.deepEqual([more.files.length, more.isAll], [MOST, false]);
    assert.equal(more.files.at(-1).path, `${MOST - 1}.json`);
  }
});
