"""The glossary's terms: the first use of each in a page's prose becomes a link to its entry.

A course's own glossary, a page of the same name, is read in the same way.
"""

import re
from collections.abc import Callable, Iterator

from site_hooks.errors import BuildError

PAGE = "glossary.md"
# Of a page's front matter: `glossary: false` leaves its terms alone.
KEY = "glossary"

# `### Learning rate { #learning-rate data-terms="learning rate,learning rates" }`. Without
# `data-terms` the title is the term.
_ENTRY = re.compile(
    r"^###[ \t]+(?P<title>.*?)[ \t]*(?:\{(?P<given>[^{}]*)\})?[ \t]*$", re.MULTILINE
)
_ID = re.compile(r"#([\w-]+)")
_TERMS = re.compile(r'data-terms="([^"]*)"')
_HEADING = re.compile(r'<h3\b[^>]*\bdata-terms="([^"]*)"[^>]*>.*?</h3>', re.DOTALL)
_FENCE = re.compile(r"^(`{3,}|~{3,}).*?^\1[ \t]*$", re.MULTILINE | re.DOTALL)

_PIECE = re.compile(
    r"""<!--.*?-->|<(?P<end>/?)(?P<tag>[a-zA-Z][\w-]*)(?P<given>(?:"[^"]*"|'[^']*'|[^'">])*)>"""
    r"|[^<]+|<",
    re.DOTALL,
)
_PROSE = {"p", "li", "dd", "td"}
# No prose, or text that has a use of its own. What has a dash in its name is an element of ours.
_OTHER = {"a", "button", "code", "figure", "math", "pre", "script", "select", "style", "summary"}
_OTHER |= {"svg", "textarea", "th", *(f"h{level}" for level in range(1, 7))}
# Formulas, titles, questions that are asked one by one, what docstrings say, the line below the
# page's title.
_OTHER_CLASS = re.compile(
    r'\bclass="[^"]*(?<![\w-])(?:arithmatex|admonition-title|decision|doc-object|opening)(?![\w-])'
)
_VOID = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
# The titles there are not the page's words.
_SOURCES = re.compile(r'\bid="sources"')


class Glossary:
    """The terms of one site."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}
        self._terms = re.compile(r"(?!)")

    def of_site(self, text: str | None, where: Callable[[str], str] = str) -> None:
        """Begin a site.

        Args:
            text: The glossary's Markdown; None in a site without.
            where: The place of a word in its file.

        Raises:
            BuildError: Naming the place: a term without an id, or one that has two entries.
        """
        self._ids = dict(_terms(text or "", where))
        longest_first = sorted(self._ids, key=len, reverse=True)
        words = "|".join(map(_pattern, longest_first)) or "(?!)"
        self._terms = re.compile(rf"(?<![\w-])(?:{words})(?![\w-])")

    def linked(self, html: str, address: str) -> str:
        """A page's content in which the first use of each term leads to its entry.

        Headings, code, links, formulas and what is no prose stay as they are.

        Args:
            html: The content; its formulas and cells are marks by now.
            address: Of the glossary, from the page.
        """
        left = set(self._ids.values())

        def link(term: re.Match[str]) -> str:
            entry = self._ids[_normal(term[0])]
            if entry not in left:
                return term[0]
            left.remove(entry)
            return f'<a class="term" href="{address}#{entry}">{term[0]}</a>'

        return "".join(
            self._terms.sub(link, piece) if is_prose else piece for piece, is_prose in _pieces(html)
        )


def searchable(html: str) -> str:
    """The glossary's page as search may read it: with all words that lead to an entry.

    Examples:
        >>> searchable('<h3 id="ema" data-terms="EMA,averages">Moving average</h3>')
        '<h3 id="ema" data-terms="EMA,averages">Moving average</h3><p>EMA, averages</p>'
    """
    return _HEADING.sub(lambda h: f"{h[0]}<p>{h[1].replace(',', ', ')}</p>", html)


def _terms(text: str, where: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """Each term, as `_normal` has it, and the id of its entry."""
    seen: dict[str, str] = {}
    faults = []
    for entry in _ENTRY.finditer(_FENCE.sub("", text)):
        title, given = entry["title"], entry["given"] or ""
        found = _ID.search(given)
        if not found:
            known = re.sub(r"\W+", "-", title.lower()).strip("-")
            faults.append(
                f"{where(entry[0])}: the glossary's entry {title} has no id; "
                f"write ### {title} {{ #{known} }}"
            )
            continue
        listed = _TERMS.search(given)
        for term in filter(None, map(_normal, (listed[1] if listed else title).split(","))):
            if term in seen:
                faults.append(
                    f"{where(entry[0])}: the glossary has the term {term} twice, below "
                    f"{seen[term]} and {title}; take it out of one"
                )
            seen[term] = title
            yield term, found[1]
    if faults:
        raise BuildError("\n".join(faults))


def _normal(term: str) -> str:
    """One form of a term, whatever its first letter, spaces and apostrophe."""
    plain = " ".join(term.split()).replace("’", "'")
    return plain[:1].lower() + plain[1:]


def _pattern(term: str) -> str:
    first = f"[{term[0].upper()}{term[0]}]" if term[0].isalpha() else re.escape(term[0])
    rest = re.escape(term[1:]).replace(r"\ ", r"\s+").replace("'", "['’]")
    return first + rest


def _pieces(html: str) -> Iterator[tuple[str, bool]]:
    """The tags and texts of a page, and whether each is prose."""
    is_open: list[tuple[str, bool, bool]] = [("", False, False)]  # tag, whether prose, other
    after_title = False
    for piece in _PIECE.finditer(html):
        tag = (piece["tag"] or "").lower()
        if not tag:
            _, is_prose, is_other = is_open[-1]
            yield piece[0], is_prose and not is_other and not after_title
            continue
        if piece["end"]:
            names = [name for name, _, _ in is_open]
            if tag in names:
                del is_open[len(names) - 1 - names[::-1].index(tag) :]
        elif tag not in _VOID and not piece["given"].endswith("/"):
            _, is_prose, is_other = is_open[-1]
            if tag in ("h1", "h2"):
                after_title = bool(_SOURCES.search(piece["given"]))
            is_other |= tag in _OTHER or "-" in tag or bool(_OTHER_CLASS.search(piece["given"]))
            is_open.append((tag, is_prose or tag in _PROSE, is_other))
        yield piece[0], False
