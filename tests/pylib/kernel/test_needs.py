"""What a cell takes and makes, and which cells it needs."""

import ast
import json

import pytest

from pylib.kernel.needs import Names, names, needs, survey

# Source, names taken, names made.
CASES = {
    "bound before": ("x = 1\nprint(x)", "", "x"),
    "read, then bound": ("x = x + 1", "x", "x"),
    "attributes and methods": ("model.fit(x).loss.append(1)", "model x", ""),
    "an attribute set": ("opt.lr = 1", "opt", ""),
    "an item set": ("w[i] = 1", "w i", ""),
    "keyword argument": ("f(lr=2)", "f", ""),
    "unpacked": ("a, (b, *c) = pair\na, b, c", "pair", "a b c"),
    "chained": ("a = b = c", "c", "a b"),
    "augmented": ("total += 1", "total", "total"),
    "augmented after binding": ("total = 0\ntotal += 1", "", "total"),
    "augmented item": ("counts[k] += 1", "counts k", ""),
    "annotated, no value": ("x: int\nprint(x)", "x", ""),
    "annotated": ("x: Number = 1", "Number", "x"),
    "builtins": ("print(len(range(3)), __name__)", "", ""),
    "builtin bound": ("list = [1]\nlist", "", "list"),
    "import": ("import numpy as np, os.path\nnp.array(os.sep)", "", "np os"),
    "import from": ("from pylib.losses import MSELoss as L\nL()", "", "L"),
    "star import": ("from math import *\npi * tau * x", "x", "*"),
    "star import of nothing": ("from no_such_module import *\nx", "x", ""),
    "function": ("def f(a, *b, c=d, **e):\n    g = a, b, c, e\n    return g", "d", "f"),
    "function reads": ("def f():\n    return w", "w", "f"),
    "function reads what comes later": ("def f():\n    return w\nw = 1\nf()", "", "f w"),
    "function called too early": ("def f():\n    return w\nf()\nw = 1", "w", "f w"),
    "function passed on": ("def f():\n    return w\nw = fit(f)", "w fit", "f w"),
    "function through another": (
        "def f():\n    return w\ndef g():\n    return f()\ng()\nw = 1",
        "w",
        "f g w",
    ),
    "recursion": ("def f(n):\n    return f(n - 1)\nf(2)", "", "f"),
    "mutual recursion": ("def f():\n    g()\ndef g():\n    f()\nf()", "", "f g"),
    "closure": ("def f(a):\n    def g():\n        return a + b\n    return g", "b", "f"),
    "nonlocal": (
        "def f():\n    a = 1\n    def g():\n        nonlocal a\n        a += 1\n",
        "",
        "f",
    ),
    "local hides": ("def f():\n    w = 1\n    return w\nf()", "", "f"),
    "global read": ("def f():\n    global w\n    w += 1\nf()", "w", "f w"),
    "global set": ("def f():\n    global w\n    w = 1\nf()\nprint(w)", "", "f w"),
    "global set, not called": ("def f():\n    global w\n    w = 1\nprint(w)", "w", "f"),
    "decorator and default": ("@d\ndef f(a=b): pass", "d b", "f"),
    "annotations": ("def f(a: A) -> B: pass", "A B", "f"),
    "lambda": ("sorted(x, key=lambda p: p[i])", "x i", ""),
    "named lambda": ("f = lambda: w\nw = 1\nf()", "", "f w"),
    "named lambda too early": ("f = lambda: w\nf()\nw = 1", "w", "f w"),
    "comprehension": ("[x * s for x in xs if x > low]", "xs s low", ""),
    "comprehension's own name": ("[x for x in xs]\nx", "xs x", ""),
    "nested comprehension": ("[y for x in xs for y in x]", "xs", ""),
    "generator, set, dict": ("(a for a in b), {c for c in d}, {e: f for e, f in g}", "b d g", ""),
    "comprehension in a function": ("def f(n):\n    return [i * n * w for i in v]", "v w", "f"),
    "walrus": ("print(y := x, y)", "x", "y"),
    "walrus in a comprehension": ("[last := x for x in xs]\nlast", "xs", "last"),
    "walrus in a function": ("def f():\n    return [a := 1 for _ in b], a", "b", "f"),
    "class": (
        "class A(B):\n    c = 1\n    d = c, e\n    def f(self):\n        return g",
        "B e g",
        "A",
    ),
    "class reads the name that it binds": ("class A:\n    lr = lr", "lr", "A"),
    "class names are not its methods'": (
        "class A:\n    c = 1\n    def f(self):\n        return c",
        "c",
        "A",
    ),
    "method called too early": (
        "class A:\n    def f(self):\n        return w\nA().f()\nw = 1",
        "w",
        "A w",
    ),
    "for": ("for i, x in enumerate(xs):\n    y = x\nprint(i, y)", "xs", "i x y"),
    "while": ("while n:\n    n -= 1", "n", "n"),
    "if on one side": ("if a:\n    x = 1\nprint(x)", "a x", "x"),
    "if on both sides": ("if a:\n    x = 1\nelse:\n    x = 2\nprint(x)", "a", "x"),
    "if one side leaves": ("if a:\n    x = 1\nelse:\n    raise b\nprint(x)", "a b", "x"),
    "try": ("try:\n    x = f()\nexcept E as e:\n    x = e\nprint(x)", "f E", "x"),
    "try on one side": ("try:\n    x = 1\nexcept E:\n    pass\nprint(x)", "E x", "x"),
    "error's name is gone": ("try:\n    pass\nexcept E as e:\n    pass\ne", "E e", ""),
    "finally": ("try:\n    pass\nfinally:\n    x = 1\nx", "", "x"),
    "with": ("with open(p) as f, g as (a, b):\n    f, a, b", "p g", "f a b"),
    "del": ("x = 1\ndel x", "", ""),
    "del of another's": ("del x", "x", ""),
    "read after del": ("x = 1\ndel x\nprint(x)", "x", ""),
    "match": (
        "match p:\n    case {'a': a, **rest}: b = a, rest\n    case [c, *d] if k: b = c, d\n"
        "    case Point(x=x) as q: b = x, q\n    case _: b = 0\nb",
        "p k Point",
        "rest a b d c q x",
    ),
    "match may not match": ("match p:\n    case 1: b = 1\nb", "p b", "b"),
    "f-string": ("print(f'{w:.{n}f}')", "w n", ""),
    "await": ("await f(x)", "f x", ""),
    "underscore": ("for _ in xs:\n    _private = _", "xs", "_private"),
    "string is no name": ("print('w')  # v", "", ""),
}


@pytest.mark.parametrize("case", CASES)
def test_names(case: str) -> None:
    source, taken, made = CASES[case]
    found = names(source)
    assert set(found.taken) == set(taken.split())
    if made != "*":
        assert set(found.made) == set(made.split())


@pytest.mark.skipif(not hasattr(ast, "TypeAlias"), reason="Python 3.12")
def test_type_parameters() -> None:
    assert names("def f[T](x: T) -> S: pass\ntype A = B\nclass C[U]:\n    u = U") == Names(
        ["S", "B"], ["f", "A", "C"]
    )


def test_the_nearest_maker_above_else_the_first_below() -> None:
    sources = {"a": "x = 1", "b": "x = 2", "c": "x, y, z", "d": "y = 1", "e": "y = 2"}
    found = needs([(name, names(source)) for name, source in sources.items()])
    assert found == {"a": [], "b": [], "c": ["b", "d"], "d": [], "e": []}


def test_a_cell_never_needs_itself() -> None:
    assert needs([("a", names("x = x + 1"))]) == {"a": []}


def test_a_cell_that_is_no_python_makes_what_the_lesson_s_makes() -> None:
    cells = [
        {"id": "a", "source": "x = (", "lesson": "x = y"},
        {"id": "b", "source": "x", "lesson": "x"},
        {"id": "c", "source": "y = 1", "lesson": ""},
        {"id": "d", "source": "(", "lesson": "("},
    ]
    assert json.loads(survey(json.dumps(cells))) == {
        "a": {"needs": [], "makes": ["x"], "depth": "python"},
        "b": {"needs": ["a"], "makes": [], "depth": "python"},
        "c": {"needs": [], "makes": ["y"], "depth": "python"},
        "d": {"needs": [], "makes": [], "depth": "python"},
    }
