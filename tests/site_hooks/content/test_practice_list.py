"""The list of what there is to do, from the HTML of pages; that of what is marked, from cells."""

import json
from dataclasses import replace

from site_hooks.content.cells import Cell, Kind
from site_hooks.content.practice_list import Page, document, graded, items

CELL = '<div class="cell"><py-cell id="fit" title="Fit &amp; see"><pre>x</pre></py-cell></div>'
EXERCISE = '<div class="cell"><py-cell id="rule" exercise version="0a1b2c3d"></py-cell></div>'


def quiz(question: str) -> str:
    asked = f'<div data-kind="question">{question}</div>'
    return f'<div><lesson-quiz id="stage" version="11">{asked}<ol></ol></lesson-quiz></div>'


def test_cells_exercises_and_quizzes_in_the_order_of_the_page() -> None:
    assert items(f"<p>x</p>{CELL}{EXERCISE}{quiz('<p>Which <b>stage</b>?</p>')}") == [
        {"kind": "cell", "id": "fit", "title": "Fit & see", "version": ""},
        {"kind": "exercise", "id": "rule", "title": "rule", "version": "0a1b2c3d"},
        {"kind": "quiz", "id": "stage", "title": "Which stage?", "version": "11"},
    ]


def test_a_question_is_named_by_its_first_words_and_each_formula_once() -> None:
    formula = '<span class="katex-mathml">x=1x=1</span><span class="katex-html">x=1</span>'
    (short,) = items(quiz(f"<p>What is\n{formula}?</p>"))
    assert short["title"] == "What is x=1?"
    asked = "word " * 40
    (whole,) = items(quiz(asked))
    assert whole["title"] == asked.strip()
    (long,) = items(quiz(asked * 2))
    assert len(long["title"]) == 300
    assert long["title"].endswith("…")


def test_pages_with_nothing_to_do_and_those_to_look_things_up_are_left_out() -> None:
    pages = [
        Page("help", "help/", "Help", "<p>x</p>"),
        Page("index", "", "The loop", CELL),
        Page("reference/losses", "reference/losses/", "Losses", CELL),
        Page("instructors/authoring", "instructors/authoring/", "Authoring", EXERCISE),
    ]
    (page,) = json.loads(document(pages))
    assert (page["page"], page["url"], page["title"]) == ("index", "", "The loop")
    assert [item["id"] for item in page["items"]] == ["fit"]


def test_exercises_are_listed_with_their_checks_and_the_cells_that_they_need() -> None:
    def cell(name: str, source: str, kind: Kind = "run", timeout: str = "30") -> Cell:
        settings = {"session": "main", "timeout": timeout, "title": name.capitalize()}
        return Cell(name, kind, source, "p", "p.md", 1, settings)

    own = [
        cell("first", "a = 1"),
        cell("second", "b = a + 1"),
        cell("aside", "print('not needed')"),
        replace(cell("ask", "c = b + ___", timeout="60"), is_exercise=True),
        cell("ask", "assert c == 3", "check"),
        cell("ask", "c = b + 1", "solution"),
        replace(cell("alone", "d = ___"), is_exercise=True),
        cell("alone", "assert d", "check"),
    ]
    pages = [("p", "P", own), ("q", "Q", own[:3]), ("instructors/authoring", "A", own)]
    (page,) = json.loads(graded(pages))
    assert (page["page"], page["title"]) == ("p", "P")
    listed = {one["id"]: one for one in page["cells"]}
    assert list(listed) == ["first", "second", "ask", "alone"]
    assert listed["ask"] == {
        "id": "ask",
        "title": "Ask",
        "source": "c = b + ___",
        "needs": ["first", "second"],
        "timeout": 60,
        "check": "assert c == 3",
    }
    assert (listed["second"]["check"], listed["second"]["needs"]) == (None, [])
    assert listed["alone"]["needs"] == []
