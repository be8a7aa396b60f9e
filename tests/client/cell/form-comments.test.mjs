// Form comments: the same cases as the build's parser; literals as Python has them; the notches of a log slider.
import assert from "node:assert/strict";
import { test } from "node:test";
import cases from "../../site_hooks/content/forms.json";
import { parse } from "../../../site_hooks/client/cell/form-comments";
import {
  decimals,
  literalOf,
  nearest,
  notches,
  numberLiteral,
  stringLiteral,
  literalValue,
} from "../../../site_hooks/client/cell/literals";

const NONE = { problem: "", min: null, max: null, step: null, log: false, integer: false, options: [] };

for (const { why, source, title = "", auto = false, fields, errors = [] } of cases) {
  test(why, () => {
    const form = parse(source);
    assert.equal(form.title, title);
    assert.equal(form.auto, auto);
    const found = form.fields.map(({ from, to, value, ...field }) => field);
    assert.deepEqual(
      found,
      fields.map((field) => ({ label: field.name, line: 1, ...NONE, ...field })),
    );
    assert.deepEqual(form.errors, errors);
    for (const { literal, from, to } of form.fields) assert.equal(source.slice(from, to), literal);
  });
}

test("code that is half typed is read as far as it goes", () => {
  const source = 'x = "open  #@param {type:"string"}\nlr = 0.1  #@param {type:"number"}';
  assert.deepEqual(
    parse(source).fields.map((field) => field.name),
    ["lr"],
  );
  assert.deepEqual(parse("lr = (  #@param {type:'number'}").fields[0].problem, "lr: ( is not a number");
});

test("a string goes into the code as a literal and nothing else", () => {
  for (const text of ['"; import os', "it's", "a\\", "\n\r\t\0\u2028", "é 漢 😀", "{x}", '"""', "\ud800"]) {
    for (const like of ["''", '""']) {
      const literal = stringLiteral(text, like);
      assert.match(literal, /^(?:'(?:[^'\\\n\r]|\\.)*'|"(?:[^"\\\n\r]|\\.)*")$/);
      assert.equal(literalValue(literal), text);
    }
  }
  assert.equal(stringLiteral("it's", "'x'"), "'it\\'s'");
  assert.equal(stringLiteral("it's", '"x"'), '"it\'s"');
});

test("what a literal says, as Python reads it", () => {
  const said = { "1_000": 1000, "-.5": -0.5, "1e-3": 0.001, True: true, "'\\x41\\101\\q\\n'": "AA\\q\n" };
  for (const [literal, value] of Object.entries(said)) assert.equal(literalValue(literal), value);
  for (const literal of ["a", "1 + 1", "r'x'", "'a' 'b'", "'\\N{DASH}'", "None", ""])
    assert.equal(literalValue(literal), null);
});

test("numbers keep their kind", () => {
  assert.equal(numberLiteral(3, true), "3");
  assert.equal(numberLiteral(3, false), "3.0");
  assert.equal(numberLiteral(0.1 + 0.2, false, decimals(0.1, null, 2)), "0.3");
  assert.equal(numberLiteral(1, false, decimals(0.001)), "1.000");
  assert.equal(numberLiteral(1e-7, false), "1e-7");
  assert.equal(literalOf(2), "2");
  assert.equal(literalOf(0.5), "0.5");
  assert.equal(literalOf(true), "True");
});

test("a log slider has nearly even notches that read well, its ends among them", () => {
  const values = notches(0.015, 1, false, null);
  assert.deepEqual(values.slice(0, 4), [0.015, 0.016, 0.018, 0.02]);
  assert.deepEqual(values.slice(-3), [0.8, 0.9, 1]);
  for (const [index, value] of values.slice(1).entries()) assert.ok(value / values[index] < 1.18);
  assert.deepEqual(notches(1, 14, true, null), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14]);
  assert.deepEqual(notches(1, 3, false, 0.5), [1, 1.5, 2, 2.5, 3]);
  assert.equal(notches(0.9, 1.1, false, null).length, 21);
  assert.equal(values[nearest(values, 0.05)], 0.05);
  assert.equal(values[nearest(values, 0.0521)], 0.05);
  assert.equal(nearest(values, -1), 0);
});
