"""Formulas in a page's HTML -> KaTeX's HTML and MathML, made at build: no script draws them.

Node.js runs KaTeX. Where the lesson is installed from its wheel, V8 does so within Python.
"""

import html as html_text
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from site_hooks import kept, node
from site_hooks.content import formula_words
from site_hooks.errors import BuildError
from site_hooks.paths import CACHE, IS_INSTALLED, NODE_MODULES, PREBUILT

RENDERER = Path(__file__).with_name("katex.mjs")
# What it imports; bundled with KaTeX it is what a wheel brings.
ANSWERS = Path(__file__).with_name("katex-answers.mjs")
BUNDLED = PREBUILT / "katex-answers.js"
MAKERS = [BUNDLED] if IS_INSTALLED else [RENDERER, ANSWERS, NODE_MODULES / "katex" / "package.json"]
KEPT = CACHE / "formulas"

# What pymdownx.arithmatex (generic) writes.
_ARITHMATEX = re.compile(
    r'<(?P<tag>span|div) class="arithmatex">\s*'
    r"(?:\\\((?P<inline>.*?)\\\)|\\\[(?P<display>.*?)\\\])\s*</(?P=tag)>",
    re.DOTALL,
)
# What notebooks leave in their prose. Code is matched first, so that a dollar in it is no formula.
_DOLLARS = re.compile(
    r"(?P<code><(?P<tag>pre|code|script|style|py-cell)\b.*?</(?P=tag)>)"
    r"|\$\$(?P<display>.+?)\$\$"
    r"|(?<![\\$\w])\$(?!\s)(?P<inline>[^$<>]+?)(?<![\s\\])\$(?![\w$])",
    re.DOTALL,
)
# A caption that an author wrote as text. Pygments' own, above a block of code, is HTML by now.
_TITLE = re.compile(r"(?<![\\$\w])\$(?!\s)(?P<inline>[^$]+?)(?<![\s\\])\$(?![\w$])")
_CODE_TITLE = re.compile(r'(<span class="filename">)(.*?)(</span>)', re.DOTALL)
_MARK = re.compile(r' data-formula="(\w+)">[^<]*<')


# Where a formula stands, by its TeX.
Where = Callable[[str], str]


class Formula(NamedTuple):
    """One formula, as its author wrote it."""

    tex: str
    display: bool


class Formulas:
    """The formulas of a site: `taken` out of its pages, drawn together, `put` in their places.

    Args:
        cache: A folder that keeps what was drawn, by content.
    """

    def __init__(self, cache: Path = KEPT) -> None:
        self._cache = cache
        self._salt = b"".join(maker.read_bytes() for maker in MAKERS)
        self._taken: dict[str, tuple[Formula, Where]] = {}
        self._drawn: dict[str, str] = {}

    def begin(self) -> None:
        """Forget what pages had when they were last read."""
        self._taken.clear()

    def taken(self, html: str, where: Where, *, dollars: bool = False) -> str:
        """A page's content with a mark for every formula.

        Args:
            html: The content.
            where: What an error calls the place of a formula.
            dollars: Look for $...$ and $$...$$ too, as notebooks write them.
        """

        def take(match: re.Match[str]) -> str:
            if match.groupdict().get("code") is not None:
                return match[0]
            return self._mark(_formula(match), where)

        def take_title(title: re.Match[str]) -> str:
            return title[1] + _TITLE.sub(take, title[2]) + title[3]

        html = _CODE_TITLE.sub(take_title, html)
        return (_DOLLARS if dollars else _ARITHMATEX).sub(take, html)

    def taken_title(self, title: str, where: Where) -> str:
        """A caption as HTML, with a mark for every formula in it."""

        def mark(formula: re.Match[str]) -> str:
            return self._mark(_formula(formula), where)

        return _TITLE.sub(mark, html_text.escape(title))

    def worded_title(self, title: str) -> str:
        """A caption whose formulas, which were taken and drawn, are written in letters."""

        def word(formula: re.Match[str]) -> str:
            return formula_words.words(self._drawn[self._name(_formula(formula, is_text=True))])

        return _TITLE.sub(word, title)

    def _mark(self, formula: Formula, where: Where) -> str:
        name = self._name(formula)
        self._taken.setdefault(name, (formula, where))
        tag = "div" if formula.display else "span"
        return f'<{tag} class="arithmatex" data-formula="{name}"></{tag}>'

    def _name(self, formula: Formula) -> str:
        return kept.key(self._salt, json.dumps(formula))

    def put(self, html: str) -> str:
        """A content with the formulas that were taken out of it, as KaTeX set them."""
        return _MARK.sub(lambda match: f" data-search-exclude>{self._drawn[match[1]]}<", html)

    def worded(self, html: str) -> str:
        """A content whose inline formulas are the text of what KaTeX set: search reads no more."""

        def word(match: re.Match[str]) -> str:
            formula, _ = self._taken[match[1]]
            shown = "" if formula.display else _text(self._drawn[match[1]])
            return f' data-formula="{match[1]}">{shown}<'

        return _MARK.sub(word, html)

    def draw(self) -> None:
        """Has KaTeX set what it has not yet.

        Raises:
            BuildError: KaTeX refuses a formula, or cannot run.
        """
        for name in self._taken.keys() - self._drawn.keys():
            held = kept.load(self._cache / name)
            if held is not None:
                self._drawn[name] = held.decode()
        new = {name: one for name, one in self._taken.items() if name not in self._drawn}
        if new:
            for name, markup in zip(new, _katex([*new.values()]), strict=True):
                kept.store(self._cache / name, markup.encode())
                self._drawn[name] = markup


def _text(markup: str) -> str:
    """What one sees of a formula, without its twin for screen readers."""
    seen = markup[markup.rindex('class="katex-html"') :].partition(">")[2]
    # A space of any width is one to search.
    return re.sub(r"<[^>]*>", "", re.sub(r">\s+<", "> <", seen))


def _formula(match: re.Match[str], *, is_text: bool = False) -> Formula:
    display = match.groupdict().get("display")
    tex = match["inline"] if display is None else display
    return Formula((tex if is_text else html_text.unescape(tex)).strip(), display is not None)


def _katex(wanted: Sequence[tuple[Formula, Where]]) -> list[str]:
    request = json.dumps([formula._asdict() for formula, _ in wanted])
    if IS_INSTALLED:
        made = _in_python(request)
    else:
        made = node.run(RENDERER, stdin=request, failure="KaTeX cannot render the formulas")
    answers: list[dict[str, str]] = json.loads(made)
    wrong = [
        f"{where(formula.tex)}: formula {formula.tex}: {answer['error']}"
        for (formula, where), answer in zip(wanted, answers, strict=True)
        if "error" in answer
    ]
    if wrong:
        raise BuildError("\n".join(wrong))
    return [answer["html"] for answer in answers]


def _in_python(request: str) -> str:
    from py_mini_racer import MiniRacer  # no checkout has it

    engine = MiniRacer()
    engine.eval(BUNDLED.read_text("utf-8"))
    return str(engine.call("answers", request))
