// Pasted programs as web pages, chats, word processors and Python's prompt give them, and what Python is to read.
import assert from "node:assert/strict";
import { test } from "node:test";
import { cleanCode, cleanKey } from "../../../site_hooks/client/cell/clean-code";

const HIDDEN = ["invisible characters"];
const SPACES = ["special spaces"];
const BREAKS = ["line separators"];
const QUOTES = ["curly quotes or long dashes"];
const PROMPTS = ["prompts"];
const INDENT = ["spaces before every line"];
const TABS = ["tabs before a line"];
const DRAWS = ["%matplotlib is a comment now (figures are shown below the cell by themselves)"];
const INSTALLS = [
  "what installs packages is a comment now (nothing can be installed; NumPy, matplotlib and pylib are here)",
];
const COMMANDS = ["commands to Jupyter are comments now"];

const TABLE = [
  // pasted, cleaned, what is said
  ["x = 1\n\n  y = 2\n", "x = 1\n\n  y = 2\n", []],
  ["x\u00a0=\u202f1", "x = 1", SPACES],
  ["\ufeffx = 1\u200b", "x = 1", HIDDEN],
  ["x = 1\u2028y = 2\u2029z = 3", "x = 1\ny = 2\nz = 3", BREAKS],
  ["print(“a”)", 'print("a")', QUOTES],
  ["print(‘a’)", "print('a')", QUOTES],
  ['print(„a“, ”b”, "c")', 'print("a", "b", "c")', QUOTES],
  ["print(‘it’s’)", "print('it’s')", QUOTES],
  ["print(“it’s ‘so’”)", 'print("it’s ‘so’")', QUOTES],
  ["“““Doc.”””\nx = “”", '"""Doc."""\nx = ""', QUOTES],
  ["print(f“{d[‘x’]:.2f} – ‘y’”)", "print(f\"{d['x']:.2f} – ‘y’\")", QUOTES],
  ["print(f“{a – 1}”)", 'print(f"{a - 1}")', QUOTES],
  ["print(f“{{‘x’}}”)", 'print(f"{{‘x’}}")', QUOTES],
  ["x = a − b – c ‑ d", "x = a - b - c - d", QUOTES],
  ["x[…, 0]", "x[..., 0]", QUOTES],
  // The author's own: in plain strings, in comments.
  ['print("he said “no” – twice")', 'print("he said “no” – twice")', []],
  ["'''“long”\n’'''", "'''“long”\n’'''", []],
  ["# don’t – “ever”\nx = ‘a’", "# don’t – “ever”\nx = 'a'", QUOTES],
  ["'\\'’' + ‘a’", "'\\'’' + 'a'", QUOTES],
  // Valid Python, whatever it looks like.
  ['print("“quoted”")', 'print("“quoted”")', []],
  ["print('‘quoted’', \"”\")", "print('‘quoted’', \"”\")", []],
  ['x = """“a”"""', 'x = """“a”"""', []],
  ['x = """>>> x\n%matplotlib\n!pip install x\n!ls"""', 'x = """>>> x\n%matplotlib\n!pip install x\n!ls"""', []],
  ["x = f'''{y}\n%matplotlib'''", "x = f'''{y}\n%matplotlib'''", []],
  ["x = (a\n%time)", "x = (a\n%time)", []],
  ["x = a \\\n%time", "x = a \\\n%time", []],
  ['print(f"{d["–"]} “a” –")', 'print(f"{d["–"]} “a” –")', []],
  ['print(f"{x:–>9} {y:{w}} –")', 'print(f"{x:–>9} {y:{w}} –")', []],
  ["print(rf'{x}–', Rb'\\')", "print(rf'{x}–', Rb'\\')", []],
  ['x = "a\u2028b"', 'x = "a\u2028b"', []],
  ['x = "a"\u2028y = "b"', 'x = "a"\ny = "b"', BREAKS],
  ["print('open\nx = “a”", 'print(\'open\nx = "a"', QUOTES],
  ["print('👩‍💻')", "print('👩‍💻')", []],
  // Out of notebooks.
  ["%matplotlib inline\nimport numpy as np", "# %matplotlib inline\nimport numpy as np", DRAWS],
  ["x = 1\n%matplotlib notebook", "x = 1\n# %matplotlib notebook", DRAWS],
  ["!pip install numpy\nx = 1", "# !pip install numpy\nx = 1", INSTALLS],
  ["%pip install -q torch", "# %pip install -q torch", INSTALLS],
  ["! python -m pip install x", "# ! python -m pip install x", INSTALLS],
  ["pip install x", "# pip install x", INSTALLS],
  ["%%time\nx = 1\n!ls", "# %%time\nx = 1\n# !ls", COMMANDS],
  ["%load_ext autoreload", "# %load_ext autoreload", COMMANDS],
  ["x = (a\n  % time_left)", "x = (a\n  % time_left)", []],
  ["x = (a\n  %b)", "x = (a\n  %b)", []],
  ["pip = 3\nx != pip", "pip = 3\nx != pip", []],
  // Out of blocks.
  ["    x = 1\n    y = 2\n", "x = 1\ny = 2\n", INDENT],
  ["\tif x:\n\t\ty = 2\n\n\tz = 3", "if x:\n    y = 2\n\nz = 3", [...TABS, ...INDENT]],
  ["  x = 1", "x = 1", INDENT],
  ["x = 1\n    y = 2", "x = 1\n    y = 2", []],
  ["    x = 1\n\ty = 2", "x = 1\ny = 2", [...TABS, ...INDENT]],
  ["if x:\n  \ty = 2", "if x:\n    y = 2", TABS],
  ["if x:\n\ty = [\n\t\t1]", "if x:\n    y = [\n        1]", TABS],
  ['x = """\n\ta"""', 'x = """\n\ta"""', []],
  ["x\t= 1  #\ta", "x\t= 1  #\ta", []],
  ['    x = """\n    a"""\n', 'x = """\na"""\n', INDENT],
  ['    x = """\na"""\n    y', 'x = """\na"""\ny', INDENT],
  ["    x = [\n  1,\n    ]", "x = [\n1,\n]", INDENT],
  // Sessions.
  [">>> x = 3\n>>> x", "x = 3\nx", PROMPTS],
  [">>> for i in x:\n...     print(i)\n...\n>>>", "for i in x:\n    print(i)\n\n", PROMPTS],
  ["    >>> a = 1\n    >>> a\n    1\n", "a = 1\na\n#     1\n", PROMPTS],
  ["In [1]: x = 3\n   ...: y = 4\n\nIn [2]: x\nOut[2]: 3", "x = 3\ny = 4\n\nx\n# 3", PROMPTS],
  ["In [1]:\nx = 3\n\nx\nOut[1]:\n3", "\nx = 3\n\nx\n\n# 3", PROMPTS],
  ["x = 1\n>>> y", "x = 1\n>>> y", []],
  ["x = [\n...\n]", "x = [\n...\n]", []],
  ["\u00a0>>> x = “a”", 'x = "a"', [...SPACES, ...PROMPTS, ...QUOTES]],
];

for (const [pasted, clean, changes] of TABLE) {
  test(JSON.stringify(pasted), () => assert.deepEqual(cleanCode(pasted), { code: clean, changes }));
}

test("clean code stays as it is", () => {
  for (const [, clean] of TABLE) if (!/^(x = 1\n)?>>>/.test(clean)) assert.equal(cleanCode(clean).code, clean);
});

test("in a string or a comment only what nobody sees is taken out", () => {
  assert.deepEqual(cleanCode("“a” – >>>\u00a0b", true), { code: "“a” – >>> b", changes: SPACES });
});

test("a typed character is the one that the key says", () => {
  const keys = { "“": '"', "”": '"', "’": "'", "\u00a0": " ", "–": "-", é: "é", "\u200b": "" };
  for (const [typed, plain] of Object.entries(keys)) assert.equal(cleanKey(typed, false), plain);
  assert.equal(cleanKey("–", true), "–");
});
