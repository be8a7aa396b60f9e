"""A quiz or a guess in its author's Markdown -> question and options, or what is wrong."""

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["one", "several", "number", "order"]

# What begins an option; it stands at the line's begin, its explanation is indented below it.
_CHOICE = re.compile(r"- \[(?P<mark>[ xX])\](?: +(?P<words>.*))?")
_NUMBER = re.compile(r"(?P<mark>!?=) +(?P<words>.+)")
_PLACE = re.compile(r"(?P<mark>\d+)\. +(?P<words>.+)")
_FORMS = (_CHOICE, _NUMBER, _PLACE)
_TOLERANCE = re.compile(r"(?P<value>.+?)\s*(?:\+-|±)\s*(?P<tolerance>.+)")
_IMAGE = re.compile(r"!\[.*\]\(.*\)\s*")
_PLACED = re.compile(
    r"(?:the )?(?:first|second|third|fourth|last|left|middle|right|upper|lower)(?: one| picture)?",
    re.IGNORECASE,
)
_TITLE = re.compile(r'\btitle="(.+?)"')
_FENCE = re.compile(r"(?P<ticks>`{3,}|~{3,}).*\bfigure=.*")

OTHER = "other"


class QuizError(Exception):
    """A quiz that cannot be asked; `line` counts from 1 within its text."""

    def __init__(self, line: int, words: str) -> None:
        super().__init__(words)
        self.line = line


@dataclass(frozen=True)
class Option:
    """One option: Markdown, and the line of the quiz's text on which each part begins."""

    line: int
    words: str
    mark: str
    picture: str = ""
    explanation: str = ""
    explanation_line: int = 0
    value: float | None = None
    """The number; None for all others."""
    tolerance: float = 0.0

    @property
    def image(self) -> str:
        """Its picture, if that is a file; "" for a figure."""
        return self.picture if self.picture.startswith("!") else ""

    @property
    def is_right(self) -> bool:
        """Whether it is a right choice or the right number."""
        return self.mark in ("x", "X", "=")


@dataclass(frozen=True)
class Quiz:
    """A question and its options, in the author's order."""

    kind: Kind
    question: str
    options: tuple[Option, ...]


def parse(text: str) -> Quiz:
    r"""A quiz whose options all have an explanation.

    Raises:
        QuizError: Naming the line, what is wrong and how to mend it.

    Examples:
        >>> quiz = parse("2 + 2?\n\n- [x] 4\n  Twice two.\n- [ ] 5\n  One too many.\n")
        >>> quiz.kind, [(option.words, option.is_right) for option in quiz.options]
        ('one', [('4', True), ('5', False)])
    """
    question, options = _parts(text)
    for option in options:
        if not option.explanation:
            raise QuizError(
                option.line,
                f"the option “{option.words or 'picture'}” has no explanation; "
                "indent one by two spaces below it",
            )
    marks = options[0].mark
    if marks in ("=", "!="):
        return Quiz("number", question, _numbers(options))
    _refuse_twins(options)
    if marks.isdigit():
        for place, option in enumerate(options, start=1):
            if option.mark != str(place):
                raise QuizError(
                    option.line, f"{option.mark}. stands at place {place}; count from 1 on"
                )
        return Quiz("order", question, options)
    right = sum(option.is_right for option in options)
    if not right:
        raise QuizError(options[0].line, "no option is right; mark one with [x]")
    if right == len(options):
        raise QuizError(options[0].line, "every option is right; mark the wrong ones with [ ]")
    return Quiz("one" if right == 1 else "several", question, options)


def parse_guess(text: str) -> Quiz:
    r"""What a cell asks before it runs: one number, or a choice of which one comes true.

    Raises:
        QuizError: As `parse`.

    Examples:
        >>> parse_guess("How large is w?\n\n= 2.5 +- 0.1").options[0].value
        2.5
    """
    question, options = _parts(text)
    if options[0].mark == "=" and len(options) == 1:
        return Quiz("number", question, (_number(options[0], 0.0),))
    if options[0].mark not in (" ", "x", "X"):
        raise QuizError(
            options[0].line, "a guess is one number, = 2.5 +- 0.1, or a list of - [ ] and one - [x]"
        )
    _refuse_twins(options)
    if sum(option.is_right for option in options) != 1:
        raise QuizError(options[0].line, "one choice of a guess comes true; mark it with [x]")
    return Quiz("one", question, options)


def _parts(text: str) -> tuple[str, tuple[Option, ...]]:
    lines = text.splitlines()
    first = next((n for n, line in enumerate(lines) if _opened(line)), None)
    if first is None:
        raise QuizError(
            1, "it has no option; write - [x] right, - [ ] wrong, = 1.5 +- 0.1, or 1. first"
        )
    question = "\n".join(lines[:first]).strip()
    if not question:
        raise QuizError(1, "it has no question above its options")
    form = _opened(lines[first]).re  # type: ignore[union-attr]
    starts = [first]
    for number, line in enumerate(lines[first + 1 :], start=first + 1):
        if form.fullmatch(line.rstrip()):
            starts.append(number)
        elif line.strip() and not line.startswith("  "):
            raise QuizError(
                number + 1,
                f"“{line.strip()}” is no option like the first and no explanation; "
                "indent explanations by two spaces, begin options at the line's begin",
            )
    ends = [*starts[1:], len(lines)]
    options = [_option(lines, *span, form) for span in zip(starts, ends, strict=True)]
    if len(options) < 2 and form is not _NUMBER:
        raise QuizError(first + 1, "it has one option only; give at least two")
    return question, tuple(options)


def _opened(line: str) -> re.Match[str] | None:
    return next((m for form in _FORMS if (m := form.fullmatch(line.rstrip()))), None)


def _option(lines: Sequence[str], start: int, end: int, form: re.Pattern[str]) -> Option:
    found = form.fullmatch(lines[start].rstrip())
    assert found
    words = (found["words"] or "").strip()
    below = textwrap.dedent("\n".join(lines[start + 1 : end])).split("\n")
    begin = next((n for n, line in enumerate(below) if line.strip()), len(below))
    stop = begin
    if begin < len(below):
        if _IMAGE.fullmatch(below[begin]):
            stop = begin + 1
        elif fence := _FENCE.fullmatch(below[begin]):
            closing = (n for n in range(begin + 1, len(below)) if below[n].strip() == fence[1])
            stop = next(closing, begin) + 1
    picture = "\n".join(below[begin:stop])
    if not words and not picture:
        raise QuizError(start + 1, "this option is empty; write words behind it or a picture below")
    return Option(
        line=start + 1,
        words=words,
        mark=found["mark"],
        picture=picture,
        explanation="\n".join(below[stop:]).rstrip(),
        explanation_line=start + 2 + stop,
    )


def _refuse_twins(options: Sequence[Option]) -> None:
    seen: set[tuple[str, str]] = set()
    titles: set[str] = set()
    for option in options:
        title = found[1] if (found := _TITLE.search(option.picture.split("\n")[0])) else ""
        if option.picture and _PLACED.fullmatch(option.words):
            raise QuizError(
                option.line,
                f"“{option.words}” counts pictures that script shuffles; "
                "leave the words out, or say what is seen",
            )
        if title and title in titles:
            raise QuizError(
                option.line,
                f"two pictures have the title “{title}”; say in each what is seen, "
                "for those who do not see it",
            )
        titles.add(title)
        if (option.words, option.picture) in seen:
            raise QuizError(option.line, f"the option “{option.words}” stands here twice")
        seen.add((option.words, option.picture))


def _numbers(options: Sequence[Option]) -> tuple[Option, ...]:
    right = [option for option in options if option.is_right]
    if len(right) != 1:
        raise QuizError(options[0].line, "one number is right; write it once, as = 1.5 +- 0.1")
    answer = _number(right[0], 0.0)
    read = [
        answer
        if option.is_right
        else replace(option, words="any other number")
        if option.words == OTHER
        else _number(option, answer.tolerance)
        for option in options
    ]
    if sum(option.value is None for option in read) != 1:
        raise QuizError(options[0].line, "say once, below != other, what any other number gets")
    assert answer.value is not None
    for option in read:
        if option.value is None or option.is_right:
            continue
        if abs(option.value - answer.value) <= answer.tolerance:
            raise QuizError(
                option.line, f"{option.words} is also right: it is within the tolerance"
            )
    _refuse_twins(read)
    return tuple(read)


def _number(option: Option, tolerance: float) -> Option:
    parts = _TOLERANCE.fullmatch(option.words)
    written, around = (parts["value"], parts["tolerance"]) if parts else (option.words, None)
    try:
        value = float(written.replace("−", "-"))
        tolerance = tolerance if around is None else float(around)
    except ValueError:
        raise QuizError(
            option.line, f"“{option.words}” is no number; write one such as = 1.5 +- 0.1"
        ) from None
    return replace(option, words=written, value=value, tolerance=tolerance)
