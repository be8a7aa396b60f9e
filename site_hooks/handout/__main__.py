"""`npm run handout`: each part of the lesson, or the whole of it, as a PDF."""

import argparse
import re
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from site_hooks import hooks, kept
from site_hooks.errors import BuildError
from site_hooks.handout import pdf, printer
from site_hooks.handout.chapter import Addresses, Links, chapter, folder_of
from site_hooks.handout.document import Words, document
from site_hooks.hooks import Converted

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# Pages to look things up, not to work through.
BESIDE = ("reference/", "instructors/")
# What there is to do on a page; and what is asked of who does it.
_PRACTICE = re.compile(r"<(?:py-cell|lesson-quiz)\b")
_ASKED = re.compile(r'<lesson-quiz\b|<py-cell\b[^>]* exercise=""')


@dataclass(frozen=True)
class Sheet:
    """What becomes one PDF."""

    title: str
    pages: tuple[Converted, ...]

    @property
    def name(self) -> str:
        """Its file's, without suffix."""
        return re.sub(r"[^\w]+", "-", self.title.lower()).strip("-") or "handout"


def main(arguments: Sequence[str]) -> int:
    """Print what is asked for, and say which files there are now.

    Returns:
        The exit status.
    """
    asked = _parser().parse_args(arguments)
    try:
        if asked.address and not re.fullmatch(r"https?://\S+", asked.address):
            raise BuildError(f"--address is {asked.address}; write all of it, as https://…")
        with printer.chromium() as browser, tempfile.TemporaryDirectory() as folder:
            print("Building the pages …", flush=True)
            site = hooks.converted(Path(folder))
            sheets, left_out = chosen(site.pages, asked.what)
            if asked.whole:
                pages = tuple(page for sheet in sheets for page in sheet.pages)
                sheets = [Sheet(site.name, pages)]
            for sheet in sheets:
                _print(browser, sheet, site, Path(folder), asked)
            for part in left_out:
                print(f"Left out: {part}, where nothing is to be run or answered. ", end="")
                print(f'To print it: npm run handout -- "{part}"')
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def chosen(pages: Sequence[Converted], what: Sequence[str]) -> tuple[list[Sheet], list[str]]:
    """What is printed, and the parts that are not because nothing is to be done in them.

    Args:
        pages: The pages of the navigation, in its order.
        what: Titles of parts and files of pages; none for every part with something to do.

    Raises:
        BuildError: One of them is neither.
    """
    parts: dict[str, list[Converted]] = {}
    for page in pages:
        parts.setdefault(page.part, []).append(page)
    if what:
        return [_named(name, pages, parts) for name in what], []
    worked = {
        part: [page for page in own if not page.source.startswith(BESIDE)]
        for part, own in parts.items()
    }
    sheets = [
        Sheet(part, tuple(own))
        for part, own in worked.items()
        if any(_PRACTICE.search(page.html) for page in own)
    ]
    titles = {sheet.title for sheet in sheets}
    return sheets, [part for part in parts if part not in titles]


def _named(name: str, pages: Sequence[Converted], parts: dict[str, list[Converted]]) -> Sheet:
    for part, own in parts.items():
        if part.casefold() == name.casefold():
            return Sheet(part, tuple(own))
    source = name.removeprefix("docs/")
    for page in pages:
        if page.source == source:
            return Sheet(page.title, (page,))
    raise BuildError(
        f"{name} is neither a part nor a page of the navigation; the parts are "
        f"{', '.join(parts)}; a page is named by its file, such as {pages[0].source}"
    )


def _print(
    browser: "Browser",
    sheet: Sheet,
    site: hooks.Site,
    folder: Path,
    asked: argparse.Namespace,
) -> None:
    addresses = Addresses()
    root = asked.address.rstrip("/") + "/" if asked.address else site.address
    pages = [page for page in sheet.pages if not asked.exercises or _ASKED.search(page.html)]
    if not pages:
        raise BuildError(f"{sheet.title} has no exercise and no question; leave --exercises out")
    names = {folder_of(page.url): f"c{n}" for n, page in enumerate(pages, start=1)}
    links = Links(names, root, addresses)
    chapters = [
        chapter(
            _lead(page) + page.html,
            page.url,
            page.title,
            n,
            links,
            only_exercises=asked.exercises,
            said=site.said,
        )
        for n, page in enumerate(pages, start=1)
    ]
    words = Words(sheet.title, site.name, site.language, site.licence, root, site.day, site.said)
    html = document(
        words, chapters, addresses, answers=asked.solutions == "end", sheet=asked.exercises
    )
    made, wide = printer.printed(browser, html, folder, sheet.title, asked.paper)
    ending = "-exercises" * asked.exercises + "-solutions" * (asked.solutions == "end")
    file = Path(asked.out, f"{sheet.name}{ending}.pdf")
    kept.write_atomic(file, made)
    print(f"{file}: {pdf.count(made)} pages")
    for title in wide:
        print(f"  something in “{title}” is wider than the paper, and cut at its side")


def _lead(page: Converted) -> str:
    return f"<p>{escape(page.lead)}</p>" if page.lead else ""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="npm run handout --", description="Prints the lesson as PDF files."
    )
    parser.add_argument(
        "what",
        nargs="*",
        help="parts by their title in the navigation, or pages by their file, "
        "such as Losses or losses/mse.md; all parts if none is named",
    )
    parser.add_argument("--whole", action="store_true", help="all in one file")
    parser.add_argument("--exercises", action="store_true", help="exercises and questions only")
    parser.add_argument(
        "--solutions",
        choices=("none", "end"),
        default="none",
        help="leave solutions and answers out (so if not given), or print them at the end",
    )
    parser.add_argument("--paper", choices=("a4", "letter"), default="a4")
    parser.add_argument(
        "--address", default="", help="where the site lies, to print where its links lead"
    )
    parser.add_argument("--out", default="handout", help="the folder of the PDF files")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
