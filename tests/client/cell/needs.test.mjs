// Which cells run before a cell, and when an output is old.
import assert from "node:assert/strict";
import { test } from "node:test";
import { builtSurvey, runOrder, staleness } from "../../../site_hooks/client/cell/needs";

/** Cells in the page's order: id -> the ids that it needs. */
function page(needs) {
  const cells = Object.entries(needs).map(([id, needed]) => ({
    id,
    caption: id.toUpperCase(),
    source: `make ${id}`,
    text: `make ${id}`,
    built: { needs: needed.split(" ").filter(Boolean), makes: [id] },
    made: null,
  }));
  const find = (id) => cells.find((cell) => cell.id === id);
  let at = 0;
  return {
    find,
    order: (id, life = 1) =>
      runOrder(find(id), cells, Object.fromEntries(cells.map((cell) => [cell.id, cell.built])), life)
        .map((cell) => cell.id)
        .join(" "),
    run(...ids) {
      for (const id of ids) {
        const cell = find(id);
        const from = new Map(cell.built.needs.map((need) => [find(need), find(need).text]));
        cell.made = { life: 1, at: (at += 1), code: cell.text, from, makes: true };
      }
    },
  };
}

test("what a cell needs runs first, once, in the page's order", () => {
  const { order } = page({ a: "", b: "", c: "b", d: "a c", e: "b d" });
  assert.equal(order("a"), "");
  assert.equal(order("c"), "b");
  assert.equal(order("e"), "a b c d");
});

test("a cell further down runs first where it is needed, after what it needs itself", () => {
  const { order } = page({ a: "c", b: "a", c: "d", d: "" });
  assert.equal(order("b"), "d c a");
});

test("cells that need each other run as they are clicked", () => {
  const { order } = page({ a: "b", b: "a", c: "a", d: "" });
  for (const id of ["a", "b", "c", "d"]) assert.equal(order(id), "");
});

test("what was run is not run again", () => {
  const { order, run } = page({ a: "", b: "a", c: "b" });
  run("a");
  assert.equal(order("c"), "b");
  run("b");
  assert.equal(order("c"), "");
  run("a");
  assert.equal(order("c"), "");
});

test("code that has changed is run again, and what was made from it", () => {
  const { order, run, find } = page({ a: "", b: "a", c: "b", d: "" });
  run("a", "b", "c", "d");
  find("a").text = "another";
  assert.equal(order("c"), "a b");
  run("a");
  assert.equal(order("c"), "b");
  run("b");
  assert.equal(order("c"), "");
});

test("with another Python all is run again", () => {
  const { order, run } = page({ a: "", b: "a", c: "b" });
  run("a", "b");
  assert.equal(order("c", 2), "a b");
});

test("a need that is not on the page counts for nothing", () => {
  assert.equal(page({ a: "nowhere" }).order("a"), "");
});

test("an output is old when its code, what it needs, or Python has changed", () => {
  const { run, find } = page({ a: "", b: "a", c: "" });
  run("a", "b", "c");
  const { made } = find("b");
  const why = (life = 1) => staleness(find("b"), made, life);
  assert.equal(why(), null);
  assert.equal(why(2), "Python has been started anew since.");
  run("c");
  assert.equal(why(), null);
  run("a");
  assert.equal(why(), "“A” has run again since.");
  find("a").text = "another";
  assert.equal(why(), "“A” has changed since.");
  find("b").text = "another";
  assert.equal(why(), "The code has changed since.");
});

test("an output that has to do with no variables does not age with Python", () => {
  const { run, find } = page({ a: "" });
  run("a");
  assert.equal(staleness(find("a"), { ...find("a").made, makes: false }, 2), null);
});

test("the build's findings hold for the lesson's code, whatever its controls say", () => {
  const { find } = page({ a: "" });
  const cell = { ...find("a"), source: 'lr = 0.1  #@param {type:"slider"}\nprint(lr)' };
  const survey = (text) => builtSurvey([{ ...cell, text }]);
  for (const value of ["0.1", "1e-3", "-2", "True", "None", '"adam"', "'a b'"])
    assert.deepEqual(survey(`lr = ${value} #@param {type:"slider"}\nprint(lr)`.replace(" #", "  #")), {
      a: cell.built,
    });
  for (const text of [
    'lr = rate  #@param {type:"slider"}\nprint(lr)',
    cell.source.replace("print(lr)", "print(w)"),
    "",
  ])
    assert.equal(survey(text), null);
});
