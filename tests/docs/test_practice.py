"""Every exercise and guess of the lesson, proven both ways; `npm run check-cells` does so too."""

from pathlib import Path

import pytest

from site_hooks.content import outputs
from site_hooks.content.cells import Cell
from site_hooks.dev import proof
from tests.conftest import DOCS, LESSON, PAGES, Collect

CACHE = Path(".cache/outputs")

# Changed solutions that are right too, by exercise: what is changed, and why it may pass.
RIGHT_TOO: dict[str, dict[str, str]] = {}


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_exercises_accept_what_is_right_and_refuse_what_is_wrong(
    path: Path, own: list[Cell]
) -> None:
    formulas = {trial.exercise.id for trial in proof.trials(own) if trial.is_formula}
    for found in proof.prove(own):
        assert found.faults == []
        if path not in LESSON:
            continue
        if found.exercise.id in formulas:
            assert len(found.refused) >= 10, f"{found.exercise.where}: too few changed solutions"
        accepted = RIGHT_TOO.get(found.exercise.id, {})
        survivors = {mutant.what for mutant in found.survivors}
        assert survivors <= set(accepted), f"{found.exercise.where}: the check lets these pass"
        assert set(accepted) <= survivors, f"{found.exercise.where}: these are refused now"


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_a_guess_is_what_its_cell_prints(path: Path, own: list[Cell]) -> None:
    assert proof.missed_guesses(own, outputs.run(own, CACHE)) == []


def test_the_exercise_of_the_authoring_guide_is_proven(collect: Collect) -> None:
    text = (DOCS / "instructors/authoring.md").read_text(encoding="utf-8")
    example = text.split("````markdown\nWrite the gradient")[1].split("\n````\n")[0]
    (found,) = proof.prove(collect(example, "losses/mse", "authoring.md"))
    assert found.faults == []
    assert found.survivors == []


def test_the_page_that_authors_copy_is_proven(collect: Collect) -> None:
    path = Path("site_hooks/dev/page.md")
    own = collect(path.read_text(encoding="utf-8"), "page", str(path))
    assert proof.missed_guesses(own, outputs.run(own, CACHE)) == []
    (found,) = proof.prove(own)
    assert found.faults == []
    assert found.survivors == []
