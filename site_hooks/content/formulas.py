"""Formulas in a page's HTML -> KaTeX's HTML and MathML, made at build: no script draws them."""

import hashlib
import html as html_text
import json
import os
import re
from pathlib import Path
from typing import NamedTuple

from site_hooks import node
from site_hooks.errors import BuildError
from site_hooks.paths import CACHE, NODE_MODULES

RENDERER = Path(__file__).with_name("katex.mjs")
KATEX = NODE_MODULES / "katex"
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


class Formula(NamedTuple):
    """One formula, as its author wrote it."""

    tex: str
    display: bool


def render(html: str, page: str = "", *, dollars: bool = False, cache: Path = KEPT) -> str:
    """Replace every formula of a page.

    Args:
        html: The page's content.
        page: What to call the page in an error.
        dollars: Look for $...$ and $$...$$ too, as notebooks write them.
        cache: A folder that keeps what was rendered, by content.

    Raises:
        BuildError: KaTeX refuses a formula, or cannot run.
    """
    pattern = _DOLLARS if dollars else _ARITHMATEX
    wanted = dict.fromkeys(
        _formula(match) for match in pattern.finditer(html) if not _is_code(match)
    )
    rendered = _render_all(list(wanted), page, cache)

    def replace(match: re.Match[str]) -> str:
        if _is_code(match):
            return match[0]
        formula = _formula(match)
        tag = "div" if formula.display else "span"
        return f'<{tag} class="arithmatex" data-search-exclude>{rendered[formula]}</{tag}>'

    return pattern.sub(replace, html)


def _is_code(match: re.Match[str]) -> bool:
    return match.groupdict().get("code") is not None


def _formula(match: re.Match[str]) -> Formula:
    display = match["display"]
    tex = match["inline"] if display is None else display
    return Formula(html_text.unescape(tex).strip(), display is not None)


def _render_all(formulas: list[Formula], page: str, cache: Path) -> dict[Formula, str]:
    salt = RENDERER.read_bytes() + (KATEX / "package.json").read_bytes()
    kept = {formula: cache / _name(formula, salt) for formula in formulas}
    new = [formula for formula, path in kept.items() if not path.is_file()]
    if new:
        cache.mkdir(parents=True, exist_ok=True)
        for formula, markup in zip(new, _katex(new, page), strict=True):
            part = kept[formula].with_suffix(f".{os.getpid()}")
            part.write_text(markup, encoding="utf-8")
            part.replace(kept[formula])
    return {formula: path.read_text(encoding="utf-8") for formula, path in kept.items()}


def _name(formula: Formula, salt: bytes) -> str:
    return hashlib.sha256(salt + json.dumps(formula).encode()).hexdigest()[:24] + ".html"


def _katex(formulas: list[Formula], page: str) -> list[str]:
    request = json.dumps([formula._asdict() for formula in formulas])
    made = node.run(RENDERER, stdin=request, failure="KaTeX cannot render the formulas")
    answers: list[dict[str, str]] = json.loads(made)
    wrong = [
        f"{page or 'a page'}: formula {formula.tex}: {answer['error']}"
        for formula, answer in zip(formulas, answers, strict=True)
        if "error" in answer
    ]
    if wrong:
        raise BuildError("\n".join(wrong))
    return [answer["html"] for answer in answers]
