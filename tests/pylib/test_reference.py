"""Every public name stands on a reference page, once, with a docstring that says what it must."""

import importlib
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests import lesson

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "reference"
MODULES = (
    "checks",
    "data",
    "gradcheck",
    "losses",
    "models",
    "optimizers",
    "plots",
    "schedules",
    "surfaces",
    "training",
)
ALGORITHMS = ("losses", "optimizers", "schedules")

# What each page of the lesson teaches by name.
LESSONS = {
    "losses/mse.md": ["losses.MSELoss"],
    "losses/binary-cross-entropy.md": ["losses.BCELoss", "losses.BCEWithLogitsLoss"],
    "losses/categorical-cross-entropy.md": [
        "losses.CategoricalCrossEntropyLoss",
        "losses.CrossEntropyLoss",
    ],
    "losses/huber.md": ["losses.HuberLoss", "losses.L1Loss"],
    "optimizers/sgd.md": ["optimizers.SGD"],
    "optimizers/momentum.md": ["optimizers.SGD"],
    "optimizers/rmsprop.md": ["optimizers.RMSprop"],
    "optimizers/adam.md": ["optimizers.Adam"],
    "optimizers/adamw.md": ["optimizers.AdamW"],
    "schedules.md": [
        "schedules.StepLR",
        "schedules.ExponentialLR",
        "schedules.CosineAnnealingLR",
        "schedules.warmup_cosine",
    ],
}
LESSONS_OF = [(name, page) for page, names in LESSONS.items() for name in names]

# Held by others, or made by them: nobody calls these by hand, so they need no example.
NO_EXAMPLE = {
    "checks.CheckError",
    "checks.KnownMistakeError",
    "checks.ValuesDifferError",
    "gradcheck.GradientReport",
    "gradcheck.HasGradient",
    "losses.Loss",
    "models.Model",
    "optimizers.GradientOptimizer",
    "optimizers.Optimizer",
    "surfaces.Surface",
    "training.History",
    "training.RangeTest",
    "training.Stop",
    "training.Trace",
}


@dataclass(frozen=True)
class Public:
    """A public name of pylib."""

    name: str
    value: Any

    @property
    def doc(self) -> str:
        """Its docstring."""
        return inspect.getdoc(self.value) or ""

    def has(self, section: str) -> bool:
        """Whether its docstring has a section of that title."""
        return re.search(rf"^{section}:$", self.doc, re.MULTILINE) is not None


def _public(module: ModuleType, short: str) -> Iterator[Public]:
    own = (n for n, v in vars(module).items() if getattr(v, "__module__", "") == module.__name__)
    names = getattr(module, "__all__", None) or [n for n in own if not n.startswith("_")]
    for name in names:
        yield Public(f"{short}.{name}", getattr(module, name))


NAMES = [p for short in MODULES for p in _public(importlib.import_module(f"pylib.{short}"), short)]
DOCUMENTED = [p for p in NAMES if inspect.isclass(p.value) or inspect.isfunction(p.value)]
RULES = [p for p in DOCUMENTED if p.name.startswith(ALGORITHMS) and p.name not in NO_EXAMPLE]


@cache
def page(short: str) -> str:
    """The Markdown of a module's reference page."""
    if f"reference/{short}.md" in lesson.GONE:
        pytest.skip(f"reference/{short}.md is not in this course")
    return (PAGES / f"{short}.md").read_text(encoding="utf-8")


def entry(name: str) -> str:
    """The part of a page that belongs to a name: from its directive to the next, or a heading."""
    text = page(name.split(".")[0])
    found = re.search(rf"^::: pylib\.{re.escape(name)}\n(.*?)(?=^:::|^#|\Z)", text, re.M | re.S)
    assert found, f"pylib.{name} is not on its page"
    return found[1]


def ids(things: list[Public]) -> list[str]:
    """Names for test ids."""
    return [thing.name for thing in things]


@pytest.mark.parametrize("short", MODULES)
def test_a_page_lists_the_public_names_and_no_others(short: str) -> None:
    listed = re.findall(r"^::: pylib\.([\w.]+)$", page(short), re.MULTILINE)
    assert len(listed) == len(set(listed)), "a name is on the page twice"
    assert set(listed) == {p.name for p in NAMES if p.name.startswith(short)}


@pytest.mark.parametrize("public", DOCUMENTED, ids=ids(DOCUMENTED))
def test_the_docstring_begins_with_a_sentence(public: Public) -> None:
    first = public.doc.split("\n\n")[0].replace("\n", " ")
    assert first.endswith((".", ":"))
    assert first[0].isupper() or first[0].isdigit()


@pytest.mark.parametrize("public", DOCUMENTED, ids=ids(DOCUMENTED))
def test_the_docstring_names_arguments_results_and_errors(public: Public) -> None:
    value = public.value
    made_by_hand = public.name not in NO_EXAMPLE and not getattr(value, "_is_protocol", False)
    names = inspect.signature(value).parameters if made_by_hand else ()
    arguments = [name for name in names if name not in ("args", "kwargs")]
    if arguments:
        titles = ("Args", "Attributes") if inspect.isclass(value) else ("Args",)
        assert any(public.has(title) for title in titles), "no Args"
        for argument in arguments:
            assert re.search(rf"^ +\**{argument}:", public.doc, re.MULTILINE), argument
    if inspect.isfunction(value) and inspect.signature(value).return_annotation is not None:
        assert public.has("Returns")
    code = inspect.getsource(value)
    if made_by_hand and re.search(r"^ +raise [A-Z]\w+\(", code, re.MULTILINE):
        assert public.has("Raises")


@pytest.mark.parametrize("public", DOCUMENTED, ids=ids(DOCUMENTED))
def test_the_docstring_has_an_example(public: Public) -> None:
    if public.name not in NO_EXAMPLE:
        assert public.has("Examples")
        assert ">>> " in public.doc


@pytest.mark.parametrize("public", DOCUMENTED, ids=ids(DOCUMENTED))
def test_the_sections_come_in_one_order(public: Public) -> None:
    order = ["Args", "Attributes", "Returns", "Raises", "Examples", "Source"]
    titles = re.findall(r"^([A-Z]\w+):$", public.doc, re.MULTILINE)
    assert titles == [title for title in order if title in titles]


@pytest.mark.parametrize("public", RULES, ids=ids(RULES))
def test_an_algorithm_has_its_formula_and_its_source(public: Public) -> None:
    assert re.search(r"^ {4}.*[=←→].*", public.doc, re.MULTILINE), "no formula"
    assert public.has("Source")
    source = public.doc.split("Source:")[1]
    assert "https://" in source


@pytest.mark.parametrize("public", RULES, ids=ids(RULES))
def test_an_algorithm_is_in_the_table_of_its_page(public: Public) -> None:
    short, name = public.name.split(".")
    row = re.search(rf"^\| \[{name}\]\(#pylib\.{short}\.{name}\) \|.*$", page(short), re.MULTILINE)
    assert row, f"{name} is not in the table"
    rule, lesson, paper = (cell.strip() for cell in row[0].split("|")[2:5])
    assert rule
    assert paper
    assert ("Lesson: [" in entry(public.name)) == bool(lesson), "table and entry differ"


@pytest.mark.parametrize(("name", "lesson"), LESSONS_OF, ids=[f"{n}-{p}" for n, p in LESSONS_OF])
def test_what_the_lesson_teaches_links_to_its_page(name: str, lesson: str) -> None:
    assert (ROOT / "docs" / lesson).exists()
    assert f"(../{lesson})" in entry(name)
