// A page as a notebook and as a script; a cell's code in a link; tables as text.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fromFragment, toFragment } from "../../../site_hooks/client/cell/code-link";
import { csv, tsv } from "../../../site_hooks/client/cell/tables";
import { completed, script } from "../../../site_hooks/client/cell/take-home";

const page = {
  title: "MSE",
  address: "https://a.test/lesson/losses/mse/",
  root: "https://a.test/lesson/",
  wheel: "https://a.test/lesson/download/pylib-1-py3-none-any.whl",
  code: new Map([["own", "x = 2"]]),
};
const code = (id, source, metadata = {}) => ({ cell_type: "code", id, metadata, source, outputs: [] });
const text = (source) => ({ cell_type: "markdown", id: "text", metadata: {}, source });
const made = (...cells) => completed({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }, page);

test("a notebook has the learner's code, the site's address, and the library by its own", () => {
  const { cells } = made(text('[a](site:x/#y) <a href="site:z">'), code("own", "x = 1"), code("figure", "y = 1"));
  assert.match(cells[0].source, /^From \[MSE\]\(https:\/\/a\.test\/lesson\/losses\/mse\/\)/);
  assert.match(cells[1].source, /%pip install --quiet "https:.*pylib-1-py3-none-any\.whl"/);
  assert.equal(cells[2].source, '[a](https://a.test/lesson/x/#y) <a href="https://a.test/lesson/z">');
  assert.deepEqual(
    cells.slice(3).map(({ source }) => source),
    ["x = 2", "y = 1"],
  );
});

test("the outputs of the lesson's code go with it", () => {
  const { cells } = made(
    { ...code("own", "x = 1"), outputs: ["picture"] },
    { ...code("figure", "y"), outputs: ["picture"] },
  );
  assert.deepEqual(
    cells.slice(2).map(({ outputs }) => outputs),
    [[], ["picture"]],
  );
});

test("a script is the same in the percent format, and what is meant to fail is a comment", () => {
  const cells = [
    text("# T\n\nword"),
    code("a", "a = 1", { title: "One\ntwo" }),
    code("b", "1 / 0\n\nb", { tags: ["raises-exception"] }),
  ];
  const lines = script(made(...cells));
  assert.match(lines, /^# %% \[markdown\]\n# From \[MSE\]/);
  assert.match(lines, /\n# %%\n# The lesson's library.*\n# pip install --quiet "https:/);
  assert.doesNotMatch(lines, /^(?:try|%pip)/m);
  assert.match(lines, /\n\n# %% \[markdown\]\n# # T\n#\n# word\n\n# %% One two\na = 1\n\n# %%\n# This ends/);
  assert.match(lines, /\n# 1 \/ 0\n#\n# b\n$/);
});

test("an exercise runs in a script once its blank is filled", () => {
  const tags = { tags: ["exercise", "raises-exception"] };
  const lines = script(made(code("a", "a = ___", tags), code("b", "b = 1", tags)));
  assert.match(lines, /\n# %%\n# An exercise: take the # away.*\n# a = ___\n\n# %%\nb = 1\n$/);
});

for (const source of ["", "x = 1", 'print("ä → 😀")', "line\n".repeat(500), "\0\r\n\t"])
  test(`a link holds ${JSON.stringify(source.slice(0, 20))} …`, async () => {
    const fragment = await toFragment("cell-1", source);
    assert.match(fragment, /^#code=cell-1\.[pz][\w-]*$/);
    assert.deepEqual(await fromFragment(fragment), { cell: "cell-1", code: source });
  });

test("long code is packed", async () => {
  assert.ok((await toFragment("a", "line\n".repeat(500))).length < 200);
});

for (const fragment of [
  "",
  "#a",
  "#code=a",
  "#code=a.q",
  "#code=a.p~",
  "#code=a.zAAAA",
  "#code=a.p_w",
  `#code=a.p${"A".repeat(100_001)}`,
])
  test(`no code is read from ${fragment.slice(0, 20)}`, async () => {
    await assert.rejects(fromFragment(fragment));
  });

test("a small link that unpacks to more than code is refused", async () => {
  const fragment = await toFragment("a", " ".repeat(1_100_000));
  assert.ok(fragment.length < 10_000);
  await assert.rejects(fromFragment(fragment));
});

test("tables as text", () => {
  const rows = [
    ["lr", 'a "b"'],
    ["1,5", "x\ny"],
  ];
  assert.equal(tsv(rows), 'lr\ta "b"\n1,5\tx y');
  assert.equal(csv(rows), 'lr,"a ""b"""\r\n"1,5","x\ny"\r\n');
});
