// Printed text: gathered, capped, kept for saving; carriage returns.
import assert from "node:assert/strict";
import { test } from "node:test";
import { TextStream, terminal } from "../../../site_hooks/client/cell/text-stream";

test("takes what came since the last time", () => {
  const stream = new TextStream();
  stream.push("a");
  stream.push("b\n");
  assert.equal(stream.take(), "ab\n");
  assert.equal(stream.take(), "");
  stream.push("c");
  assert.equal(stream.take(), "c");
});

test("shows the first part and keeps all", async () => {
  const stream = new TextStream(5, 12);
  stream.push("1234");
  assert.equal(stream.take(), "1234");
  assert.equal(stream.cut, false);
  stream.push("5678");
  stream.push("9");
  assert.equal(stream.take(), "5");
  assert.equal(stream.take(), "");
  assert.equal(stream.cut, true);
  assert.equal(stream.lost, false);
  assert.equal(await stream.file().text(), "123456789");
  stream.push("abcdef");
  assert.equal(stream.lost, true);
  assert.equal(stream.total, 15);
  assert.equal(await stream.file().text(), "123456789abc");
});

test("exactly full is not cut", () => {
  const stream = new TextStream(3, 3);
  stream.push("abc");
  assert.deepEqual([stream.cut, stream.lost], [false, false]);
});

for (const [last, text, finished, shown, left = shown] of [
  ["", "a\nb", "a\n", "b"],
  ["a", "b\n", "ab\n", ""],
  ["epoch 1", "\repoch 2", "", "epoch 2"],
  ["", "epoch 1\r", "", "epoch 1", "epoch 1\r"],
  ["epoch 1\r", "epoch 2\n", "epoch 2\n", ""],
  ["", "a\r\nb\r\n", "a\nb\n", ""],
  ["", "1\r2\r3\nnext", "3\n", "next"],
  ["", "long text here\rab", "", "abng text here", "abng text here\rab"],
  ["abng text here\rab", "c\n", "abcg text here\n", ""],
  ["", "ab\bc", "", "ac"],
  ["", "😀é\rab", "", "ab"],
  ["", "😀é\ra", "", "aé", "aé\ra"],
  ["", "ab\b", "", "ab", "ab\ra"],
  ["", "\b\bx\b\b\by", "", "y"],
]) {
  test(`a terminal that stands at ${JSON.stringify(last)} gets ${JSON.stringify(text)}`, () => {
    assert.deepEqual(terminal(last, text), { finished, shown, last: left });
  });
}

test("a line of a terminal is as long as it is, however often it is written", () => {
  let last = "";
  for (let step = 0; step < 1000; step += 1) ({ last } = terminal(last, `\rstep ${step}\r`));
  assert.equal(last, "step 999\r");
});
