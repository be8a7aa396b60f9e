// A file of secret checks: how it is read, and what is refused.
import assert from "node:assert/strict";
import { test } from "node:test";
import { secretChecks } from "../../../site_hooks/client/grade/secret-checks";

const KNOWN = new Set(["losses/mse#grad", "index#step"]);
const read = (text) => secretChecks(text, KNOWN);

test("each check has its code, and an exercise may have several", () => {
  const found = read(
    "# Group B\n\n# check: index#step\nassert w\n#check:losses/mse#grad \r\nassert a\n# check: index#step\nassert v\n",
  );
  assert.deepEqual(
    [...found],
    [
      [
        "index#step",
        [
          { name: "secret 1", source: "assert w\n" },
          { name: "secret 2", source: "assert v\n\n" },
        ],
      ],
      ["losses/mse#grad", [{ name: "secret 1", source: "assert a\n" }]],
    ],
  );
});

test("a file that is not in order is refused with its line", () => {
  for (const [text, words] of [
    ["", /It holds no check/],
    ["# only words", /It holds no check/],
    ["assert x", /Line 1 belongs to no check/],
    ["# check: nothing", /Line 1: “nothing” is no page#id/],
    ["\n# check: index#other\nassert 1", /Line 2: this site has no exercise index#other/],
    ["# check: index#step\n# later", /A check of index#step is empty/],
  ]) {
    assert.match(String(read(text)), words);
  }
});
