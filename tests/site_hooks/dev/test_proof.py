"""What the proof of a page says of exercises that are right, and of each way to be wrong."""

from pathlib import Path

import pytest

from site_hooks.dev import check_cells, proof
from tests.conftest import Collect

EXERCISE = """\
# Page

```python run="grad"
import numpy as np
def gradient(y_hat, y):
    return ___
```

```python check="grad"
import numpy as np
from pylib.checks import check_loss, check_own
from pylib.losses import MSELoss
check_own(gradient)
check_loss(gradient, MSELoss().gradient, np.array([2.0, 0.5, -1.0]), np.ones(3))
```

```python solution="grad"
import numpy as np
def gradient(y_hat, y):
    return 2 * (y_hat - y) / len(y)
```

```python wrong="grad"
import numpy as np
def gradient(y_hat, y):
    return 2 * (y_hat - y)
```

```python wrong="grad"
import numpy as np
def gradient(y_hat, y):
    return 2 * (y - y_hat) / len(y)
```
"""


def proven(collect: Collect, text: str) -> proof.Proof:
    (found,) = proof.prove(collect(text, "losses/mse", "page.md"))
    return found


def test_a_good_exercise_has_no_faults_and_no_survivors(collect: Collect) -> None:
    found = proven(collect, EXERCISE)
    assert found.faults == []
    assert found.survivors == []
    assert len(found.refused) >= 10


SUM = "    return 2 * (y_hat - y)\n"
SIGN = "    return 2 * (y - y_hat) / len(y)\n"
CHECK = "check_loss(gradient, MSELoss().gradient, np.array([2.0, 0.5, -1.0]), np.ones(3))\n"
FAULTS = {
    "the solution fails": (
        EXERCISE.replace("return 2 * (y_hat - y) / len(y)", "return (y_hat - y) / len(y)"),
        "page.md:17: the solution of “grad” fails: The result is half of what it should be",
    ),
    "the solution raises": (
        EXERCISE.replace("return 2 * (y_hat - y) / len(y)", "return 2 / 0"),
        "page.md:17: the solution of “grad” fails: Called by the check, your code stops in line 3",
    ),
    "a wrong answer passes": (
        EXERCISE.replace(SUM, "    return (y_hat - y) / len(y) * 2\n"),
        "page.md:23: the wrong answer of “grad” passes",
    ),
    "two wrong answers with the same words": (
        EXERCISE.replace(SUM, SIGN),
        "page.md:29: this wrong answer gets the words of the one at page.md:23: "
        "The result has the wrong sign.",
    ),
    "pylib's own function": (
        EXERCISE.replace("check_own(gradient)\n", ""),
        "page.md:3: the gradient, handed on to pylib, of “grad” passes; let the check call "
        "check_own",
    ),
    "no words": (
        EXERCISE.replace(CHECK, f"{CHECK[:-1]} if gradient(1.0, np.ones(3))[0] > -9 else 1 / 0\n")
        .replace(SIGN, "    return y - 99\n"),
        "page.md:29: the check has no words for this answer: The check stumbles over your",
    ),
    "an answer of no code passes": (
        EXERCISE.replace("check_own(gradient)\n" + CHECK, "assert 'gradient' not in globals() or "
                         "not check_own(gradient) and not " + CHECK),
        "page.md:3: the empty answer of “grad” passes",
    ),
    "a name of the check that nothing makes": (
        EXERCISE.replace(CHECK, f"{CHECK}assert len(gradeint(1.0, np.ones(3))) == 3\n"),
        "page.md:15: the check takes “gradeint”, and neither the solution nor a cell before it "
        "makes that name",
    ),
    "such a name in words that only a wrong answer hears": (
        EXERCISE.replace(
            CHECK, f"assert gradient(9.0, np.ones(3))[0] < 6, f'Not {{gradeint}}.'\n{CHECK}"
        ),
        "page.md:14: the check takes “gradeint”",
    ),
    "a wrong answer with a misspelt name": (
        EXERCISE.replace(SUM, "    return 2 * (y_hta - y)\n"),
        "page.md:26: this wrong answer takes “y_hta”, which nothing makes: Python refuses it, not "
        "the check",
    ),
    "a wrong answer that Python refuses when it runs": (
        EXERCISE.replace(SUM, f"{SUM}return gradient\n"),
        "page.md:23: Python refuses this wrong answer, not the check: SyntaxError: ",
    ),
    "a wrong answer that misspells what it makes": (
        EXERCISE.replace(f"def gradient(y_hat, y):\n{SUM}", f"def gradeint(y_hat, y):\n{SUM}"),
        "page.md:23: the check has no words for this answer: The check looks for gradient",
    ),
    "a wrong answer with a blank": (
        EXERCISE.replace(SUM, "    return ___ * (y_hat - y)\n"),
        "page.md:26: this wrong answer takes “___”, which nothing makes",
    ),
    "the starter passes": (
        EXERCISE.replace("return ___", "return 2 * (y_hat - y) / 3"),
        "page.md:3: the starter of “grad” passes",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "words"), FAULTS.values(), ids=FAULTS)
def test_each_fault_is_named_with_its_line(collect: Collect, text: str, words: str) -> None:
    assert text != EXERCISE
    assert [fault for fault in proven(collect, text).faults if fault.startswith(words)]


WEAK = "assert gradient(np.ones(3), np.zeros(3))[0] > 0.5, 'Too small, or the wrong sign.'\n"


def test_changed_solutions_that_a_weak_check_lets_pass_are_listed(collect: Collect) -> None:
    found = proven(collect, EXERCISE.replace(CHECK, WEAK))
    said = {mutant.what for mutant in found.survivors}
    assert "reduction: len(y) -> 1" in said
    assert "sign: y_hat - y -> y_hat + y" in said
    assert "factor: 2 -> 1" not in said


def test_a_change_without_a_consequence_is_no_survivor(collect: Collect) -> None:
    text = EXERCISE.replace("2 * (y_hat - y) / len(y)", "np.maximum(0, 2) * (y_hat - y) / len(y)")
    found = proven(collect, text)
    assert "order: np.maximum(0, 2) -> np.maximum(2, 0)" in {m.what for m in found.equivalent}
    assert found.survivors == []


def test_an_exercise_in_a_shared_session_has_what_it_needs(collect: Collect) -> None:
    text = (
        '```python run="data" session="s"\nx = 3.0\n```\n\n'
        '```python run="double" session="s"\ny = x * ___\n```\n\n'
        '```python check="double"\nassert y > 0, "Down."\nassert y == 6, "Not 6."\n```\n\n'
        '```python solution="double"\ny = x * 2\n```\n\n'
        '```python wrong="double"\ny = x * 3\n```\n\n'
        '```python wrong="double"\ny = x * -2\n```\n'
    )
    found = proven(collect, text)
    assert found.faults == []


def test_an_answer_without_an_end_is_refused(
    collect: Collect, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (
        '```python run="half"\nx = 8\nwhile x > 1:\n    x = ___\n```\n\n'
        '```python check="half"\nassert x == 1, "Not 1."\n```\n\n'
        '```python solution="half"\nx = 8\nwhile x > 1:\n    x = x // 2\n```\n\n'
        '```python wrong="half"\nx = 8\nwhile x > 1:\n    x = 0\n```\n'
    )
    found = proven(collect, text)
    assert found.faults == []
    assert "factor: 2 -> 1" in {mutant.what for mutant in found.refused}


@pytest.mark.parametrize(
    "endless", ["while True:\n    pass\n", "def gradient(y_hat, y):\n    while True:\n        y\n"]
)
def test_a_wrong_answer_without_an_end_is_a_fault_and_soon(collect: Collect, endless: str) -> None:
    found = proven(collect, EXERCISE.replace(f"def gradient(y_hat, y):\n{SUM}", endless))
    assert found.faults == [
        "page.md:23: this wrong answer does not end: write one that does, for the check to refuse"
    ]
    assert found.seconds < 30


def test_an_exercise_may_be_about_an_error_that_its_starter_has(collect: Collect) -> None:
    text = (
        '```python run="name"\nprint(rate)\n```\n\n'
        '```python check="name"\nassert rate == 0.1, "Not 0.1."\n```\n\n'
        '```python solution="name"\nrate = 0.1\nprint(rate)\n```\n\n'
        '```python wrong="name"\nlr = 0.1\nprint(rate)\n```\n'
    )
    assert proven(collect, text).faults == []


BY_NAME = (
    "assert gradient(y_hat=np.array([2.0, 0.5]), y=np.zeros(2))[0] > 0.5, "
    "'Too small, or the wrong sign.'\n"
)


def test_a_check_that_calls_by_keyword_hides_no_survivors(collect: Collect) -> None:
    found = proven(collect, EXERCISE.replace(CHECK, BY_NAME))
    said = {mutant.what for mutant in found.survivors}
    assert {"reduction: len(y) -> 1", "factor: 2 -> 3"} <= said
    assert {mutant.what for mutant in found.equivalent} == {"name: y -> y_hat"}


@pytest.mark.parametrize("check", ["", "assert callable(gradient), 'x'\n"])
def test_what_a_check_never_calls_is_not_equal_but_unseen(collect: Collect, check: str) -> None:
    found = proven(collect, EXERCISE.replace(CHECK, check))
    assert found.equivalent == []
    assert len(found.survivors) >= 10


def test_every_function_that_a_check_calls_is_looked_at(collect: Collect) -> None:
    text = (
        '```python run="two"\ndef f(x):\n    return ___\ndef g(x):\n    return ___\n```\n\n'
        '```python check="two"\nassert all(f(float(x)) == 2 * x for x in range(90)), "f."\n'
        'assert g(2.0) > 3, "g."\n```\n\n'
        '```python solution="two"\n'
        "def f(x):\n    return 2 * x\ndef g(x):\n    return 2 * x\n```\n\n"
        '```python wrong="two"\ndef f(x):\n    return x\ndef g(x):\n    return x\n```\n'
    )
    found = proven(collect, text)
    assert {(m.what, m.line) for m in found.survivors} >= {("factor: 2 -> 3", 4)}
    assert found.equivalent == []


GUESS = """\
```markdown guess="values"
How large?

= 2.5 +- 0.1
```

```python run="values"
print("w is", 5 / 2)
```
"""


def test_a_guess_must_be_what_its_cell_prints(collect: Collect) -> None:
    events = {"values": [{"kind": "stdout", "text": "w is 2.5\n"}]}
    assert proof.missed_guesses(collect(GUESS, "p", "page.md"), events) == []
    wrong = collect(GUESS.replace("= 2.5", "= 2.7"), "p", "page.md")
    assert proof.missed_guesses(wrong, events) == [
        "page.md:1: the guess expects 2.7, and the cell “values” prints no such number"
    ]


def test_the_command_names_faults_and_survivors(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "page.md"
    page.write_text(EXERCISE, encoding="utf-8")
    assert check_cells.main([str(page)]) == 0
    assert "grad: " in capsys.readouterr().out
    page.write_text(EXERCISE.replace(CHECK, WEAK).replace(SIGN, SUM), encoding="utf-8")
    assert check_cells.main([str(page)]) == 1
    said = capsys.readouterr().out
    assert "    passes too: reduction: len(y) -> 1 (line 3 of the solution)" in said
    assert f"{page}:23: the wrong answer of “grad” passes" in said
    page.write_text(EXERCISE.replace("solution=", "hint="), encoding="utf-8")
    assert check_cells.main([str(page)]) == 1
    assert f'{page}:9: the exercise "grad" has no solution' in capsys.readouterr().out
    assert check_cells.main([]) == check_cells.main(["gone.md"]) == 2


def test_a_check_that_sees_positive_numbers_only_hides_nothing(collect: Collect) -> None:
    text = (
        '```python run="sign"\nimport numpy as np\ndef move(g):\n    return ___\n```\n\n'
        '```python check="sign"\nimport numpy as np\nfrom pylib.checks import check_own\n'
        "check_own(move)\n"
        'assert move(np.array([3.0, 0.5]))[0] < 0, "Up."\n```\n\n'
        '```python solution="sign"\nimport numpy as np\n'
        "def move(g):\n    return -np.abs(g)\n```\n\n"
        '```python wrong="sign"\nimport numpy as np\ndef move(g):\n    return np.abs(g)\n```\n'
    )
    found = proven(collect, text)
    assert "factor: np.abs(g) -> g" in {mutant.what for mutant in found.survivors}
