"""One mistake at a time: which are made of a solution, and only of what the learner adds."""

import ast

import pytest

from site_hooks.dev.mutants import has_formula, mutants


def changes(solution: str, starter: str = "") -> set[str]:
    return {mutant.what for mutant in mutants(solution, starter)}


@pytest.mark.parametrize(
    ("solution", "wanted"),
    [
        ("g = a - b", {"sign: a - b -> a + b", "order: a - b -> b - a", "sign: a - b -> a"}),
        ("g = a * b", {"factor: a * b -> a / b", "factor: a * b -> a", "factor: a * b -> b"}),
        ("g = a ** 2", {"factor: a ** 2 -> a * 2", "factor: 2 -> 3", "factor: 2 -> 1"}),
        ("g = 0.5 * a", {"factor: 0.5 -> 1.0", "factor: 0.5 -> 0.25"}),
        ("g = -a", {"sign: -a -> a"}),
        ("g = f(a)", {"sign: g = f(a) -> g = -f(a)", "factor: g = f(a) -> g = 2 * f(a)"}),
        ("g = a.mean(axis=1)", {"reduction: a.mean(axis=1) -> a.sum(axis=1)",
                                "axis: a.mean(axis=1) -> a.mean(axis=0)",
                                "axis: a.mean(axis=1) -> a.mean()",
                                "reduction: a.mean(axis=1) -> a"}),
        ("g = np.sqrt(a)", {"factor: np.sqrt(a) -> a"}),
        ("g = np.maximum(a, 0)", {"reduction: np.maximum(a, 0) -> np.minimum(a, 0)",
                                  "order: np.maximum(a, 0) -> np.maximum(0, a)"}),
        ("g = 1 / len(y)", {"reduction: len(y) -> 1"}),
        ("g = a[0]", {"index: 0 -> 1", "index: 0 -> -1"}),
        ("g = a < b", {"order: a < b -> a > b"}),
        ("w -= g", {"sign: w -= g -> w += g"}),
        ("for t in range(3):\n    x = b ** t", {"index: t -> t + 1", "index: t -> t - 1"}),
        ("v = g\nw = v", {"order: this statement comes after the next"}),
        ("def f(z, y):\n    return z", {"name: z -> y"}),
    ],
)  # fmt: skip
def test_each_kind_of_mistake_is_made(solution: str, wanted: set[str]) -> None:
    found = {what.replace("\n", " ") for what in changes(solution)}
    assert wanted <= found


def test_only_what_the_learner_adds_is_changed() -> None:
    starter = "a = 1 + 2\ng = ___\nb = 3 - 4"
    found = mutants("a = 1 + 2\ng = a * 5\nb = 3 - 4", starter)
    assert found
    assert {mutant.line for mutant in found if not mutant.what.startswith("order: this")} == {2}
    exchanged = [mutant for mutant in found if mutant.what.startswith("order: this")]
    assert [mutant.source for mutant in exchanged] == [
        "g = a * 5\na = 1 + 2\nb = 3 - 4",
        "a = 1 + 2\nb = 3 - 4\ng = a * 5",
    ]


def test_mutants_are_python_each_another_and_none_the_solution() -> None:
    solution = "def f(a, y):\n    return 2 * (a - y) / len(y)"
    found = mutants(solution, "def f(a, y):\n    return ___")
    sources = [mutant.source for mutant in found]
    assert len(set(sources)) == len(sources) >= 10
    for source in sources:
        assert ast.unparse(ast.parse(source)) == source != solution


@pytest.mark.parametrize(
    ("solution", "is_one"),
    [
        ("x = 0.1", False),
        ("x = 'Adam'", False),
        ("x = Adam(w, lr=0.1)", False),
        ("x = grads", False),
        ("x = 1 / 50", True),
        ("x = a[1]", True),
        ("x = a.mean()", True),
        ("x = a == b", True),
    ],
)
def test_a_choice_is_no_formula(solution: str, is_one: bool) -> None:
    assert has_formula(solution, "x = ___") is is_one
