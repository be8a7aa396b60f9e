"""Quizzes, guesses and answers -> HTML that reads as text without script, its answers folded."""

import hashlib
import re
from collections.abc import Callable, Mapping
from html import escape

from site_hooks import words
from site_hooks.content.quizzes import OTHER, Option, Quiz

# Markdown and the line of its first line within the fence -> HTML.
Convert = Callable[[str, int], str]

_PARAGRAPH = re.compile(r"<p>((?:(?!</?p>).)*)</p>", re.DOTALL)


def quiz(
    asked: Quiz, quiz_id: str, page: str, convert: Convert, said: words.Words = words.ENGLISH
) -> str:
    """A quiz as `<lesson-quiz>`, which script makes one that is answered."""
    options = list(asked.options)
    if asked.kind == "order":  # the right order is the answer
        options.sort(key=lambda option: _digest(quiz_id + option.words))
        if options == list(asked.options):
            options.reverse()
    items = "".join(_item(asked, option, convert, said["built"]) for option in options)
    answers = f"<ol>{items}</ol>"
    if asked.kind == "number":
        answers = f"<details><summary>{said['built']['answer']}</summary>{answers}</details>"
    written = "\0".join([asked.question, *(f"{o.mark}{o.words}{o.picture}" for o in asked.options)])
    return (
        f'<div class="quiz"><lesson-quiz id="{quiz_id}" page="{escape(page)}" kind="{asked.kind}" '
        f'version="{_digest(written)}">{_question(asked, convert)}{answers}</lesson-quiz></div>'
    )


def guess(asked: Quiz, cell_id: str, page: str, convert: Convert) -> str:
    """What a cell asks before it runs, as `<cell-guess>`."""
    head = f'<div class="guess"><cell-guess for="{cell_id}" page="{escape(page)}"'
    question = _question(asked, convert)
    if asked.kind == "number":
        return f'{head} kind="number"{_value(asked.options[0])}>{question}</cell-guess></div>'
    items = "".join(
        f'<li data-right="{str(option.is_right).lower()}">{_words(option, convert)}</li>'
        for option in asked.options
    )
    return f'{head} kind="choice">{question}<ol>{items}</ol></cell-guess></div>'


def answer(cell_id: str, html: str, said: words.Words = words.ENGLISH) -> str:
    """What a cell shows, in words: script folds it until the cell has run."""
    head = f'<details class="answer" data-for="{cell_id}" open>'
    return f"{head}<summary>{said['built']['answer']}</summary>{html}</details>"


def _question(asked: Quiz, convert: Convert) -> str:
    return f'<div data-kind="question">{convert(asked.question, 1)}</div>'


def _item(asked: Quiz, option: Option, convert: Convert, said: Mapping[str, str]) -> str:
    why = convert(option.explanation, option.explanation_line)
    explanation = f'<div data-kind="explanation">{why}</div>'
    right = str(option.is_right).lower()
    if asked.kind == "number":
        value = f' data-value="{OTHER}"' if option.value is None else _value(option)
        shown = f'<div data-kind="option">{escape(option.words)}</div>'
        return f'<li data-right="{right}"{value}>{shown}{explanation}</li>'
    if asked.kind == "order":
        right = option.mark
        verdict = said.get(f"place{option.mark}", said["place"]).format(place=option.mark)
    else:
        verdict = said["right" if option.is_right else "notRight"]
    return (
        f'<li data-right="{right}">{_words(option, convert)}'
        f"<details><summary>{said['answer']}</summary>"
        f'<p class="quiz-verdict">{verdict}</p>{explanation}</details></li>'
    )


def _words(option: Option, convert: Convert) -> str:
    """An option without a paragraph around it: it becomes the label of an input."""
    html = convert(option.words, option.line) if option.words else ""
    if alone := _PARAGRAPH.fullmatch(html):
        html = alone[1]
    if option.picture:
        picture = convert(option.picture, option.line + 1)
        html += alone[1] if (alone := _PARAGRAPH.fullmatch(picture)) else picture
    return f'<div data-kind="option">{html}</div>'


def _value(option: Option) -> str:
    value = str(option.value).removesuffix(".0")  # as one writes what is counted
    return f' data-value="{value}" data-tolerance="{option.tolerance}"'


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
