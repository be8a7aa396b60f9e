"""Colab's form comments in a cell's code -> the controls that they ask for, or why they cannot be.

`client/cell/form-comments.ts` reads the same comments in a learner's code; both pass the cases of
tests/site_hooks/content/forms.json.
"""

import ast
import io
import math
import re
import tokenize
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["slider", "number", "integer", "boolean", "string", "raw", "select"]
Value = float | str | bool

# What a control of each type may say besides its type.
KEYS: dict[Kind, tuple[str, ...]] = {
    "slider": ("label", "min", "max", "step", "scale"),
    "number": ("label", "min", "max", "step"),
    "integer": ("label", "min", "max", "step"),
    "boolean": ("label",),
    "string": ("label",),
    "raw": ("label",),
}
SCALES = ("linear", "log")
_TOO_LARGE = "too large: Python makes infinity of it"

_MARK = re.compile(r"#\s*@(param|title)\b[ \t]*(.*)")
# With its type, if it says one: `steps: int = 20`. What `else:` begins is no name.
_ASSIGNMENT = re.compile(
    r"\s*(?!(?:else|finally|try)\s*:)([^\W\d]\w*)\s*(?::[^=]*)?=(?!=)\s*(.*?)\s*"
)
_NUMBER = re.compile(r"[+-]?(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?")
_INTEGER = re.compile(r"[+-]?\d[\d_]*")
# A string in one line, without a prefix and without names of characters.
_STRING = re.compile(r"'(?:[^'\\\n]|\\(?!N)[^\n])*'|\"(?:[^\"\\\n]|\\(?!N)[^\n])*\"")
_TOKEN = re.compile(
    r"\s*(?:(?P<sign>[\[\]{}:,])|(?P<string>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')"
    r"|(?P<number>-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w.]))|(?P<word>[A-Za-z][\w-]*))"
)


class FormError(Exception):
    """A form comment that asks for no control; the message says why."""


@dataclass(frozen=True)
class Field:
    """One control: the literal that it sets, and what it may set it to."""

    name: str
    kind: Kind
    label: str
    line: int
    literal: str
    problem: str = ""
    """Why the control does not hold the code's value; "" if it does."""
    min: float | None = None
    max: float | None = None
    step: float | None = None
    log: bool = False
    integer: bool = False
    """It writes whole numbers."""
    options: tuple[Value, ...] = ()


@dataclass(frozen=True)
class Form:
    """The controls of a cell in the order of its lines, and what is wrong with its comments."""

    title: str
    auto: bool
    fields: tuple[Field, ...]
    errors: tuple[tuple[int, str], ...]

    @property
    def faults(self) -> list[tuple[int, str]]:
        """Line and words of all that an author has to mend."""
        values = [(field.line, field.problem) for field in self.fields if field.problem]
        return sorted([*self.errors, *values])


def parse(source: str) -> Form:
    """The form of a cell's code, which must be Python.

    Examples:
        >>> form = parse('lr = 0.1  #@param {type:"slider", min:0.01, max:1, scale:"log"}')
        >>> form.fields[0].name, form.fields[0].literal, form.fields[0].log
        ('lr', '0.1', True)
        >>> parse('name = "SGD"  #@param ["Adam", "Lion"]').faults
        [(1, 'name: "SGD" is not among the choices')]
    """
    title, auto = "", False
    fields: list[Field] = []
    errors: list[tuple[int, str]] = []
    comments, starts = _comments(source)
    for line, before, comment in comments:
        found = _MARK.match(comment)
        if not found:
            continue
        try:
            if found[1] == "title":
                title, auto = _title(found[2])
            else:
                fields.append(_field(line, before if line in starts else "", found[2]))
        except FormError as error:
            errors.append((line, str(error)))
    return Form(title, auto, tuple(fields), tuple(errors))


def _comments(source: str) -> tuple[list[tuple[int, str, str]], set[int]]:
    """Each comment with its line and the code before it, and the lines that begin a statement."""
    comments = []
    starts: set[int] = set()
    begins = True
    silent = {tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        line, column = token.start
        if token.type == tokenize.COMMENT:
            comments.append((line, token.line[:column], token.string))
        elif token.type == tokenize.NEWLINE:
            begins = True
        elif token.type not in silent and begins:
            starts.add(line)
            begins = False
    return comments, starts


def _title(text: str) -> tuple[str, bool]:
    words, brace, rest = text.partition("{")
    said = _Spec(brace + rest).settings() if brace else {}
    for key, (raw, value) in said.items():
        if key != "run":
            raise FormError(f"unknown key {key}; known in a title: run")
        if value != "auto":
            raise FormError(f'run:{raw} is unknown; known: "auto"')
    return words.strip(), "run" in said


def _field(line: int, before: str, text: str) -> Field:
    assignment = _ASSIGNMENT.fullmatch(before)
    if not assignment:
        raise FormError("#@param stands behind one assignment to a name, such as lr = 0.1")
    name, literal = assignment.groups()
    spec = _Spec(text)
    options = spec.options()
    said = spec.settings() if options is None or spec.more else {}
    if options is not None:
        return _select(name, literal, line, options, said)
    raw, wanted = said.pop("type", ("none", ""))
    kind = next((known for known in KEYS if known == wanted), None)
    if kind is None:
        known = f"known: {', '.join(KEYS)}; behind choices in brackets: raw, string"
        raise FormError(f"unknown type {raw}; {known}")
    for key in said:
        if key not in KEYS[kind]:
            raise FormError(f"unknown key {key}; known for {kind}: type, {', '.join(KEYS[kind])}")
    label = _label(said, name)
    if kind == "boolean":
        problem = "" if literal in ("True", "False") else f"{name}: {literal} is not True or False"
        return Field(name, kind, label, line, literal, problem)
    if kind == "string":
        problem = "" if _is_string(literal) else f"{name}: {literal} is not a string in quotes"
        return Field(name, kind, label, line, literal, problem)
    if kind == "raw":
        problem = "" if literal else f"{name}: it has no value"
        return Field(name, kind, label, line, literal, problem)
    low, high, step = (_number(said, key) for key in ("min", "max", "step"))
    if kind == "slider" and (low is None or high is None):
        raise FormError("a slider needs min and max")
    if low is not None and high is not None and low >= high:
        raise FormError(f"min {said['min'][0]} is not below max {said['max'][0]}")
    if step is not None and step <= 0:
        raise FormError(f"step {said['step'][0]} is not above 0")
    raw, scale = said.get("scale", ("", "linear"))
    if scale not in SCALES:
        raise FormError(f"unknown scale {raw}; known: {', '.join(SCALES)}")
    if scale == "log" and low is not None and low <= 0:
        raise FormError(f"a log scale needs min above 0, not {said['min'][0]}")
    written = [said[key][0] for key in ("min", "max", "step") if key in said]
    whole = kind == "integer" or (kind == "slider" and all(map(_INTEGER.fullmatch, written)))
    pattern, noun = (_INTEGER, "an integer") if whole else (_NUMBER, "a number")
    problem = ""
    if not pattern.fullmatch(literal):
        problem = f"{name}: {literal} is not {noun}"
    elif math.isinf(float(literal)):
        problem = f"{name}: {literal} is {_TOO_LARGE}"
    else:
        value = float(literal)
        if (low is not None and value < low) or (high is not None and value > high):
            least, most = said.get("min", ("",))[0], said.get("max", ("",))[0]
            outside = f"outside {least} to {most}" if least and most else "outside"
            outside = outside if least else f"above {most}"
            problem = f"{name}: {literal} is {outside if most else f'below {least}'}"
    return Field(
        name, kind, label, line, literal, problem, low, high, step, scale == "log", whole
    )  # fmt: skip


def _select(
    name: str,
    literal: str,
    line: int,
    options: list[tuple[str, Value]],
    said: dict[str, tuple[str, Value]],
) -> Field:
    raw = said.pop("type", ("", ""))[1]
    for key in said:
        if key != "label":
            raise FormError(f"unknown key {key}; known for choices: type, label")
    if raw not in ("", "raw", "string"):
        raise FormError('unknown type of choices; known: "raw", "string"')
    values = tuple(value for _, value in options)
    if len({(type(value), value) for value in values}) < max(2, len(values)):
        raise FormError("choices are two or more, each another")
    if raw != "raw" and not all(isinstance(value, str) for value in values):
        raise FormError('choices that are no strings need {type:"raw"} behind them')
    value = _value(literal)
    among = any(type(value) is type(one) and value == one for one in values)
    problem = "" if among else f"{name}: {literal} is not among the choices"
    return Field(name, "select", _label(said, name), line, literal, problem, options=values)


def _label(said: dict[str, tuple[str, Value]], name: str) -> str:
    raw, label = said.get("label", ("", name))
    if not isinstance(label, str) or not label.strip():
        raise FormError(f"label {raw} is no text in quotes")
    return label


def _number(said: dict[str, tuple[str, Value]], key: str) -> float | None:
    if key not in said:
        return None
    raw, value = said[key]
    if isinstance(value, bool | str):
        raise FormError(f"{key} {raw} is no number")
    return value


def _is_string(literal: str) -> bool:
    return _STRING.fullmatch(literal) is not None


def _value(literal: str) -> Value | None:
    if literal in ("True", "False") or _is_string(literal):
        value: Value = ast.literal_eval(literal)
        return value
    return float(literal) if _NUMBER.fullmatch(literal) else None


class _Spec:
    """What follows `#@param`: choices in brackets, settings in braces, or both."""

    def __init__(self, text: str) -> None:
        self._text = text.strip()
        self._at = 0

    @property
    def more(self) -> bool:
        """Something has not been read yet."""
        return bool(self._text[self._at :].strip())

    def options(self) -> list[tuple[str, Value]] | None:
        """The choices, each as it is written and what it means; None if there are none."""
        if not self._text.startswith("["):
            return None
        self._sign("[")
        return [self._one() for _ in self._until("]")]

    def settings(self) -> dict[str, tuple[str, Value]]:
        """Each key's value, as it is written and what it means."""
        said: dict[str, tuple[str, Value]] = {}
        self._sign("{")
        for _ in self._until("}"):
            found = self._next()
            key = found["word"] or (found["string"] and _unquoted(found["string"]))
            if not key:
                self._refuse(found.start())
            self._sign(":")
            if key in said:
                raise FormError(f"the key {key} stands there twice")
            said[key] = self._one()
        if self.more:
            self._refuse(self._at)
        return said

    def _until(self, end: str) -> Iterable[None]:
        """Once for each item, up to the sign that ends the list; commas lie between."""
        while self._text[self._at :].lstrip()[:1] != end:
            yield
            if self._text[self._at :].lstrip()[:1] != end:
                self._sign(",")
        self._sign(end)

    def _one(self) -> tuple[str, Value]:
        found = self._next()
        raw = found[0].strip()
        if found["string"]:
            return raw, _unquoted(raw)
        if found["number"]:
            if math.isinf(float(raw)):
                raise FormError(f"{raw} is {_TOO_LARGE}")
            return raw, float(raw)
        if raw in ("true", "false"):
            return raw, raw == "true"
        self._refuse(found.start())
        raise AssertionError

    def _sign(self, sign: str) -> None:
        start = self._at
        if self._next()["sign"] != sign:
            self._refuse(start)

    def _next(self) -> re.Match[str]:
        found = _TOKEN.match(self._text, self._at)
        if not found:
            self._refuse(self._at)
            raise AssertionError
        self._at = found.end()
        return found

    def _refuse(self, at: int) -> None:
        rest = self._text[at:].strip()
        where = f"at {rest}" if rest else "at its end"
        raise FormError(
            f'the comment cannot be read {where}; write {{type:"slider", min:0, max:1}} '
            'or ["one", "two"]'
        )


def _unquoted(raw: str) -> str:
    return re.sub(r"\\(.)", r"\1", raw[1:-1])
