// What an editor offers: from the libraries that the code imports, and from Python.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import {
  called,
  importable,
  imports,
  inLibraries,
  load,
  madeBy,
  membersOf,
  modulesIn,
  nameOf,
  namesAtHand,
  parameterAt,
  parametersOf,
} from "../../../site_hooks/client/cell/lesson-names";

const LIBRARIES = {
  "": [
    { name: "json", kind: "module" },
    { name: "numpy", kind: "module", doc: "Arrays." },
  ],
  pylib: [{ name: "optimizers", kind: "module" }],
  numpy: [{ name: "linspace", kind: "function", detail: "(start, stop, num=50)" }],
  "numpy.ndarray": [{ name: "shape", kind: "property" }],
  "pylib.optimizers": [{ name: "Adam", kind: "class", detail: "(params, lr=0.001)" }],
  "pylib.optimizers.Adam": [{ name: "step", kind: "function", detail: "(grads)" }],
};
const names = (found) => found.map(({ name }) => name);
const lesson = (code, own = {}) => ({ code: () => code, names: async (path) => own[path] ?? null });

test("an index that does not come is asked for again", async () => {
  const answers = [
    { ok: false, statusText: "gone" },
    { ok: true, json: async () => LIBRARIES },
  ];
  mock.method(globalThis, "fetch", async () => answers.shift());
  assert.deepEqual(await load(), {});
  assert.deepEqual(await load(), LIBRARIES);
  assert.deepEqual(await load(), LIBRARIES);
});

const IMPORTS = [
  ["import numpy", { numpy: "numpy" }],
  ["import numpy as n, math  # two", { n: "numpy", math: "math" }],
  ["import matplotlib.pyplot", { matplotlib: "matplotlib" }],
  ["from pylib.optimizers import SGD, Adam as A", { SGD: "pylib.optimizers.SGD", A: "pylib.optimizers.Adam" }],
  ["from a import (\n    b,  # c\n    d as e,\n)", { b: "a.b", e: "a.d" }],
  ["if x:\n    import os", { os: "os" }],
  ["# import os\nx = 'import os'", {}],
];
for (const [code, wanted] of IMPORTS)
  test(`imports of ${JSON.stringify(code)}`, () => {
    const usual = { np: "numpy", plt: "matplotlib.pyplot" };
    assert.deepEqual(Object.fromEntries(imports(code)), { ...usual, ...wanted });
  });

test("a path leads into the libraries by what is imported", () => {
  assert.equal(inLibraries("np.random", ""), "numpy.random");
  assert.equal(inLibraries("o.Adam", "import pylib.optimizers as o"), "pylib.optimizers.Adam");
  assert.equal(inLibraries("model", "import numpy"), "");
});

test("before Python is there, a variable is what the code makes it with", () => {
  const code = "from pylib.optimizers import Adam\nopt = Adam(w)\nx = np.ones(3)\nfig, ax = plt.subplots()";
  assert.equal(madeBy("opt", code), "pylib.optimizers.Adam");
  assert.equal(madeBy("x", code), "numpy.ndarray");
  assert.equal(madeBy("ax", code), "matplotlib.axes.Axes");
  assert.equal(madeBy("lr", code), "");
});

test("members come from the libraries, then from Python, then from what the code says", async () => {
  const code = "from pylib.optimizers import Adam\nopt = Adam(w)";
  assert.deepEqual(names(await membersOf("np", lesson(code))), ["linspace"]);
  assert.deepEqual(names(await membersOf("opt", lesson(code))), ["step"]);
  assert.deepEqual(names(await membersOf("opt", lesson(code, { opt: [{ name: "state", kind: "property" }] }))), [
    "state",
  ]);
  for (const path of ["opt.x", "unknown"]) assert.deepEqual(await membersOf(path, lesson(code)), []);
});

test("modules lie in packages, and in nothing; what they have can be imported", async () => {
  assert.deepEqual(names(await modulesIn("")), ["json", "numpy"]);
  assert.deepEqual(names(await modulesIn("pylib")), ["optimizers"]);
  assert.deepEqual(names(await modulesIn("numpy")), []);
  assert.deepEqual(names(await importable("pylib.optimizers", lesson("optimizers = 3"))), ["Adam"]);
  assert.deepEqual(await importable("unknown", lesson("")), []);
});

test("at hand are what pylib has, what is imported and what Python holds; of one name, the nearest", async () => {
  const own = {
    "": [
      { name: "Adam", kind: "variable", detail: "int 3" },
      { name: "w", kind: "variable" },
    ],
  };
  const found = await namesAtHand(lesson("from numpy import linspace as ls", own));
  assert.deepEqual(names(found), ["Adam", "np", "plt", "ls", "w"]);
  assert.equal(found[0].detail, "int 3");
  assert.equal(found[3].detail, "(start, stop, num=50)");
  const [adam] = await namesAtHand(lesson(""));
  assert.equal(adam.from, "pylib.optimizers");
});

test("what is called is found by its path", async () => {
  assert.equal((await called("np.linspace", lesson(""))).detail, "(start, stop, num=50)");
  assert.equal((await called("Adam", lesson(""))).detail, "(params, lr=0.001)");
  assert.equal(await called("nothing", lesson("")), null);
});

test("a signature is cut into its parameters", () => {
  assert.deepEqual(parametersOf("()"), []);
  assert.deepEqual(parametersOf("(x, /, y=(1, 2), *, z={})"), ["x", "/", "y=(1, 2)", "*", "z={}"]);
  assert.equal(nameOf("lr=0.1"), "lr");
  assert.equal(nameOf("**settings"), "settings");
});

const PLACES = [
  // parameters, place, name, index
  ["(x, lr=0.1)", 1, "", 1],
  ["(x, lr=0.1)", 2, "", -1],
  ["(x, lr=0.1)", 0, "lr", 1],
  ["(x, /, y)", 1, "", 2],
  ["(x, *, y)", 1, "", -1],
  ["(x, *rest)", 4, "", 1],
  ["(x, *rest)", 0, "z", -1],
];
for (const [signature, place, name, wanted] of PLACES)
  test(`argument ${place} ${name} of ${signature}`, () => {
    assert.equal(parameterAt(parametersOf(signature), place, name), wanted);
  });
