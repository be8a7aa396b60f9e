"""The questions on “Choosing”: every way through them ends with a cell that runs and learns."""

import re
import textwrap
from typing import Any

import pytest

from tests.conftest import DOCS

# One piece of code for each answer, by question.
Pieces = list[list[str]]


def pieces() -> Pieces:
    text = (DOCS / "choosing.md").read_text("utf-8")
    asked = text.partition("<decision-tree>")[2].partition("\n</div>\n")[0]
    questions = re.split(r"^\d\. ", asked, flags=re.MULTILINE)[1:]
    fences = re.compile(r"^ *```python\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
    return [[textwrap.dedent(code) for code in fences.findall(one)] for one in questions]


PATHS = [
    *((task, 0, 0) for task in range(14)),
    *((0, optimizer, 0) for optimizer in range(1, 6)),
    *((4, optimizer, schedule) for optimizer in range(6) for schedule in range(1, 4)),
]


TRAINED_BEFORE = 4  # its small rate goes a short way in 20 epochs


def test_each_answer_is_tried() -> None:
    assert [len(answers) for answers in pieces()] == [
        1 + max(at) for at in zip(*PATHS, strict=True)
    ]


@pytest.mark.parametrize("path", PATHS)
def test_the_cell_runs_and_its_loss_falls(
    path: tuple[int, int, int], capsys: pytest.CaptureFixture[str]
) -> None:
    falls_to = 0.95 if path[1] == TRAINED_BEFORE else 0.9
    task, optimizer, schedule = (answers[at] for answers, at in zip(pieces(), path, strict=True))
    names: dict[str, Any] = {}
    exec(task + optimizer, names)
    loss, model, X, y = (names[name] for name in ("loss", "model", "X", "y"))
    before = loss(model.forward(X), y)
    exec(schedule, names)
    assert loss(model.forward(X), y) < falls_to * before
    assert re.fullmatch(r"training loss [\d.e-]+\n", capsys.readouterr().out)


def test_each_end_gives_a_reason_and_a_link() -> None:
    text = (DOCS / "choosing.md").read_text("utf-8")
    advice = re.findall(r"^ +\*\*(Loss|Optimizer|Schedule)\*\* (.*)$", text, re.MULTILINE)
    assert len(advice) == sum(map(len, pieces()))
    for _, words in advice:
        assert re.search(r": \w.*\. \[(?:Run it|Cell|Page)\]\([^)]+\)$", words), words


def test_the_tasks_that_one_asks_for_are_there() -> None:
    losses = {re.findall(r"pylib\.losses import (\w+)", code)[0] for code in pieces()[0]}
    assert losses == {
        *("MSELoss", "HuberLoss", "PinballLoss", "PoissonNLLLoss", "BCEWithLogitsLoss"),
        *("CrossEntropyLoss", "DiceLoss", "TripletMarginLoss"),
    }


def test_each_epoch_has_an_order_of_its_own() -> None:
    for code in pieces()[2]:  # a second call of fit would begin with the first one's order
        assert code.count("fit(") == 1
        assert "epochs=1," not in code
