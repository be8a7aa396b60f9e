// Tables as CSV: quotes, lines, and what a spreadsheet would take for a formula.
import assert from "node:assert/strict";
import { test } from "node:test";
import { csv, field } from "../../../site_hooks/client/grade/csv";

test("what begins like a formula is text", () => {
  for (const formula of ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "＋1", "－1", "＠1"])
    assert.match(field(formula), /^"?'/, JSON.stringify(formula));
  assert.equal(field('=HYPERLINK("http://a")'), `"'=HYPERLINK(""http://a"")"`);
  assert.equal(field("a=1"), "a=1");
  assert.equal(field(-1), "-1", "a number is no text");
});

test("what begins like a formula where a spreadsheet splits at semicolons is text", () => {
  assert.equal(field("Ada;=1+1"), `"Ada;'=1+1"`);
  assert.equal(field("Ada; +1;@A1"), `"Ada; '+1;'@A1"`);
  assert.equal(field("Ada\n-1"), `"Ada\n'-1"`);
  assert.match(field("\0=1"), /^"?'/);
  assert.equal(field("a;b"), '"a;b"');
});

test("quotes, commas, lines and edges of space are kept", () => {
  assert.equal(field('a "b", c'), '"a ""b"", c"');
  assert.equal(field("a\nb"), '"a\nb"');
  assert.equal(field(" a"), '" a"');
  assert.equal(field("Ümit"), "Ümit");
});

test("a table has a mark of UTF-8, and a line for each row", () => {
  assert.equal(
    csv([
      ["a", 1],
      ["b,", 2],
    ]),
    '\uFEFFa,1\r\n"b,",2\r\n',
  );
});
