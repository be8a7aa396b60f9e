// Which part of a page an address asks for, and the addresses inside and outside the frame.
import assert from "node:assert/strict";
import { test } from "node:test";
import { asked, inFrame, inLesson } from "../../../site_hooks/client/embed/addresses";

const at = (rest) => new URL(`https://a.test/lesson/losses/mse/${rest}`);
const rest = ({ href }) => href.slice(at("").href.length);

test("what an address asks for", () => {
  assert.equal(asked(at("?embed")), "");
  assert.equal(asked(at("?h=loss&embed=mse-line#mse-line")), "mse-line");
  assert.equal(asked(at("?embed=a%26b")), "a&b");
  assert.equal(asked(at("?embedded=x")), "");
});

for (const [plain, framed] of [
  ["", "?embed"],
  ["#its-gradient", "?embed#its-gradient"],
  ["?h=loss", "?h=loss&embed"],
]) {
  test(`in the frame and back: ${framed}`, () => {
    assert.equal(rest(inFrame(at(plain))), framed);
    assert.equal(rest(inLesson(at(framed))), plain);
  });
}

test("a link from one cell shows the page that it leads to", () => {
  assert.equal(rest(inFrame(at("?embed=mse-line#mse-line"))), "?embed#mse-line");
  assert.equal(rest(inFrame(at("?embed="))), "?embed");
});

test("what only looks like it stays", () => {
  assert.equal(rest(inLesson(at("?embedded=x&h=embed&embed=y"))), "?embedded=x&h=embed");
});
