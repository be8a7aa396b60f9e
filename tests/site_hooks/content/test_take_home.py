"""A page's Markdown as notebooks read it: blocks of Material, exercises, quizzes, pictures."""

import json
from typing import Any

import pytest

from site_hooks.content import take_home
from site_hooks.content.cells import Cell, Kind, Language


def cell(kind: Kind, source: str = "x", **settings: str) -> Cell:
    language: Language = "quiz" if kind == "quiz" else "python"
    return Cell("a", kind, source, "a/page", "docs/a/page.md", 1, settings, language)


def cells(*parts: str | Cell, events: Any = ()) -> list[dict[str, Any]]:
    made = take_home.notebook(parts, "a/page.md", {"a": events})
    found: list[dict[str, Any]] = json.loads(made)["cells"]
    return found


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        (
            '??? note "Why? A square"\n\n    The **first**.\n\n    $$\n    x\n    $$\n\nThen.',
            "<details><summary>Why? A square</summary>\n\nThe **first**.\n\n$$\nx\n$$\n\n"
            "</details>\n\nThen.",
        ),
        ("???+ tip\n    Open.", "<details><summary>Tip</summary>\n\nOpen.\n\n</details>"),
        ('!!! warning "Careful"\n    One.\n\n    Two.', "> **Careful**\n> \n> One.\n> \n> Two."),
        ('!!! note ""\n    One.', "> One."),
        ('=== "Python"\n\n    x\n\n=== "C"\n\n    y', "**Python**\n\nx\n\n**C**\n\ny"),
        (
            '??? note "Out"\n    ??? note "In"\n        x',
            "<details><summary>Out</summary>\n\n<details><summary>In</summary>\n\nx\n\n</details>"
            "\n\n</details>",
        ),
        (
            "## Loss\n\n::: pylib.plots.plot_loss\n    options:\n      x: 1\n\nThen.",
            "## Loss\n\n[`pylib.plots.plot_loss`](site:a/page/#pylib.plots.plot_loss)\n\nThen.",
        ),
        ('```text\n??? note "x"\n    y\n```', '```text\n??? note "x"\n    y\n```'),
    ],
    ids=["details", "open", "note", "bare", "tabs", "nested", "reference", "code"],
)
def test_blocks_that_only_the_site_knows(markdown: str, plain: str) -> None:
    assert take_home.prose(markdown, "a/page.md") == plain


def test_hints_come_before_the_solution() -> None:
    parts = (cell("run", "x = ___"), "\n", cell("solution"), "\n", cell("hint"), "\n", cell("hint"))
    heads = [each["source"].partition("\n")[0] for each in cells(*parts, "Words.")]
    hint, solution = ("<details><summary>" + word for word in ("Hint", "Solution"))
    assert [head.removesuffix("</summary>") for head in heads] == [
        *("x = ___", hint, hint, solution, "Words.")
    ]


def test_the_answers_of_a_quiz_read_as_sentences() -> None:
    source = "What?\n\n- [x] It doubles.\n    Yes.\n- [ ] It halves.\n    No.\n"
    (made,) = cells(cell("quiz", source))
    assert "- It doubles. (right)" in made["source"]
    assert "- It halves. (not right)" in made["source"]


def test_a_live_figure_has_what_the_page_shows_of_it() -> None:
    figure = {"kind": "figure", "png": "UE5H", "width": 4, "height": 3, "alt": "A bowl"}
    events = [
        {"kind": "stdout", "text": "10\n"},
        figure | {"theme": "light"},
        figure | {"theme": "dark"},
        {"kind": "done", "ok": True},
    ]
    (live,) = cells(cell("live"), events=events)
    assert [output["output_type"] for output in live["outputs"]] == ["stream", "display_data"]
    (ran,) = cells(cell("run"), events=events)
    assert ran["outputs"] == []
