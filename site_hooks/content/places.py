"""Where in an author's file something stands, for messages that name the file only."""

import json
import logging
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

# MkDocs 1.6 says these things by file; a message that none fits stays as it is. The first two come
# from its structure.pages and structure.nav, the third from commands.build.
_LINK = re.compile(
    r"Doc file '(?P<page>.+?)' (?P<words>contains .*?link(?: to)? '(?P<link>.*?)'.*)"
)
_NOT_IN_NAV = re.compile(r"The following pages exist .*?\n(?P<pages>.*)", re.DOTALL)
_NO_PAGE = re.compile(r"A reference to '(?P<page>.*?)' is included in the 'nav'")
_ON_PAGE = re.compile(r"Error (?:reading|building) page '(?P<page>.+?)': ?(?P<words>.*)", re.DOTALL)
# mkdocs-autorefs 1.4.
_REFERENCE = re.compile(
    r"(?:mkdocs_autorefs: )?(?P<page>\S+\.\w+): (?P<words>Could not .* '(?P<name>.*)')"
)
LOGGERS = (
    "mkdocs.structure.pages",
    "mkdocs.structure.nav",
    "mkdocs.commands.build",
    "mkdocs.plugins.mkdocs_autorefs._internal.plugin",
)
_QUOTED = re.compile(r"'([^']+)'")
# A line that opens a fence or closes it; what is in prose's own fences stands on the page.
_FENCE = re.compile(r'[\s>]*(?P<ticks>`{3,}|~{3,})(?P<prose>\s*(?:markdown|md|quiz)\b.*=".*)?')


def lines_of(text: str, wanted: str) -> list[int]:
    r"""The lines, from 1, on which a link, a formula or a name stands; those outside fences first.

    Examples:
        >>> lines_of("```text\n[b](b.md)\n```\n[b](b.md), [c](c.md#x)", "b.md")
        [4, 2]
        >>> lines_of("[c](c.md#x)", "c.md")
        []
    """
    first = wanted.strip().partition("\n")[0].rstrip()
    whole = re.compile(rf"(?<![\w/.#-]){re.escape(first)}(?![\w/.#-])")
    outside: list[int] = []
    inside: list[int] = []
    fence, is_prose = "", False
    for number, line in enumerate(text.splitlines(), start=1):
        mark = _FENCE.match(line)
        if mark and (not fence or mark["ticks"].startswith(fence)):
            fence = "" if fence else mark["ticks"]
            is_prose = bool(mark["prose"])
        if first and whole.search(line):
            (inside if fence and not is_prose else outside).append(number)
    return outside + inside


def notebook_cells_of(text: str, wanted: str) -> list[int]:
    """The cells of a notebook, from 1, that have a link, a formula or a name."""
    with suppress(ValueError, LookupError, TypeError):
        sources = ["".join(cell["source"]) for cell in json.loads(text)["cells"]]
        return [n for n, source in enumerate(sources, start=1) if lines_of(source, wanted)]
    return []


def where(text: str, shown: str, wanted: str, time: int = 0) -> str:
    """File and line, or of a notebook file and cell, of what stands there.

    Args:
        text: The file's text.
        shown: What to call the file.
        wanted: What stands there.
        time: Which time it stands there is meant, from 0.
    """
    is_notebook = shown.endswith(".ipynb")
    found = notebook_cells_of(text, wanted) if is_notebook else lines_of(text, wanted)
    place = found[min(time, len(found) - 1)] if found else 1
    return f"{shown}: cell {place}" if is_notebook else f"{shown}:{place}"


class Places(logging.Filter):
    """Writes the place before the builder's messages; it changes their words, not their number."""

    def __init__(self) -> None:
        super().__init__()
        self.of_site(Path, Path(), Path())

    def of_site(self, place_of: Callable[[str], Path], config: Path, root: Path) -> None:
        """Begin a build.

        Args:
            place_of: The file of a page, which is named as below docs/.
            config: The builder's settings.
            root: The folder from which files are named.
        """
        self._place_of, self._config, self._root = place_of, config, root
        self._told: Counter[tuple[str, str]] = Counter()
        self._page = ""

    def watch(self) -> None:
        """Have every message of the builder come by, once."""
        for name in LOGGERS:
            logging.getLogger(name).addFilter(self)

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record's words; keep it."""
        with suppress(OSError, UnicodeError):
            record.msg, record.args = self.placed(record.getMessage()), ()
        return True

    def placed(self, message: str) -> str:
        """A message with file and line, where it is one of those that lack them."""
        if found := _LINK.match(message):
            page, link = found["page"], found["link"]
            self._told[page, link] += 1
            time = self._told[page, link] - 1
            return f"{self._where(self._place_of(page), link, time)}: {found['words']}"
        if found := _REFERENCE.match(message):
            return f"{self._where(self._place_of(found['page']), found['name'])}: {found['words']}"
        if found := _NOT_IN_NAV.match(message):
            settings = self._where(self._config, "nav")
            pages = re.findall(r"^\s*- (.+)$", found["pages"], re.MULTILINE)
            return "\n".join(
                f"{settings}: nav has no line for {self._shown(self._place_of(page))}; "
                "add one, or name the page below not_in_nav"
                for page in pages
            )
        if found := _NO_PAGE.match(message):
            page = found["page"]
            why = f"nav names {page}, and there is no {self._shown(self._place_of(page))}"
            return f"{self._where(self._config, page)}: {why}"
        if found := _ON_PAGE.match(message):
            self._page = found["page"]
            return f"{self._on_page(found['words'])}: {found['words'] or 'cannot be built'}"
        if self._page and message.startswith("Could not collect"):
            return f"{self._on_page(message)}: {message}"
        return message

    def _on_page(self, words: str) -> str:
        named: Sequence[str] = _QUOTED.findall(words)
        return self._where(self._place_of(self._page), named[0] if named else "")

    def _where(self, path: Path, wanted: str, time: int = 0) -> str:
        text = path.read_text("utf-8") if path.is_file() else ""
        return where(text, self._shown(path), wanted, time)

    def _shown(self, path: Path) -> str:
        return (
            path.relative_to(self._root) if path.is_relative_to(self._root) else path
        ).as_posix()


def first_of(files: Iterable[tuple[str, str]], wanted: str) -> str:
    """The first of some files, each a name and a text, in which something stands; "" if none."""
    for shown, text in files:
        if (notebook_cells_of if shown.endswith(".ipynb") else lines_of)(text, wanted):
            return where(text, shown, wanted)
    return ""
