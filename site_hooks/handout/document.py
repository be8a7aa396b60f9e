"""Chapters -> one HTML page for print: head, contents, chapters, hints, answers, addresses."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from site_hooks.handout.chapter import Addresses, Chapter
from site_hooks.words import ENGLISH
from site_hooks.words import Words as Interface

STYLE = Path(__file__).with_name("handout.css")


@dataclass(frozen=True)
class Words:
    """What stands at the head of the whole."""

    title: str
    site: str
    language: str
    licence: str
    """HTML, as mkdocs.yml has it."""
    address: str
    """Of the site; "" if it is not known."""
    day: str
    said: Interface = field(default_factory=lambda: ENGLISH)


def document(
    words: Words,
    chapters: Sequence[Chapter],
    addresses: Addresses,
    *,
    answers: bool,
    sheet: bool = False,
) -> str:
    """The page, whose links to styles and pictures start at the site's root.

    As a sheet of exercises its chapters follow each other without new pages.

    The contents have an empty `<span class="page" data-of="ID">` for each page number.
    """
    said = words.said["paper"]
    backs = [
        ("hints", said["hints"], _back(chapters, [c.hints for c in chapters])),
        *([("answers", said["answers"], _back(chapters, [c.answers for c in chapters]))] * answers),
        ("addresses", said["addresses"], _listed(addresses)),
    ]
    backs = [back for back in backs if back[2]]
    body = "".join(
        [
            _head(words),
            _contents(chapters, [(name, title) for name, title, _ in backs], said["contents"]),
            *(_chapter(chapter) for chapter in chapters),
            *(
                f'<section class="back {name}"><h2 id="{name}">{title}</h2>{html}</section>'
                for name, title, html in backs
            ),
        ]
    )
    return (
        f'<!doctype html><html lang="{escape(words.language)}"><head><meta charset="utf-8">'
        f"<title>{escape(words.title)}</title>"
        '<link rel="stylesheet" href="assets/stylesheets/fonts.css">'
        '<link rel="stylesheet" href="assets/katex/katex.css">'
        f"<style>{STYLE.read_text('utf-8')}</style></head>"
        f"<body{' class=sheet' * sheet}>{body}</body></html>"
    )


def _head(words: Words) -> str:
    where = f" · {escape(words.address)}" if words.address else ""
    licence = f'<p class="licence">{words.licence}</p>' if words.licence else ""
    return (
        f'<header><p class="site">{escape(words.site)}</p><h1>{escape(words.title)}</h1>'
        f'<p class="day">{escape(words.day)}{where}</p>{licence}</header>'
    )


def _contents(chapters: Sequence[Chapter], backs: Sequence[tuple[str, str]], name: str) -> str:
    rows = []
    for chapter in chapters:
        rows.append(
            _row(chapter.id, f"{chapter.number}&ensp;{escape(chapter.title)}", "of-chapter")
        )
        rows += [_row(place, escape(title), "of-section") for place, title in chapter.sections]
    rows += [_row(place, title, "of-chapter") for place, title in backs]
    title = f'<h2 class="contents">{name}</h2>'
    return f'<nav aria-label="{name}">{title}<div>{"".join(rows)}</div></nav>'


def _row(name: str, title: str, kind: str) -> str:
    return (
        f'<p class="{kind}"><a href="#{name}"><span class="entry">{title}</span>'
        f'<span class="leader"></span><span class="page" data-of="{name}"></span></a></p>'
    )


def _chapter(chapter: Chapter) -> str:
    title = f"{chapter.number}&ensp;{escape(chapter.title)}"
    return (
        f'<section class="chapter" data-title="{escape(chapter.title)}">'
        f'<h2 id="{chapter.id}">{title}</h2>{chapter.body}</section>'
    )


def _back(chapters: Sequence[Chapter], parts: Sequence[Sequence[str]]) -> str:
    return "".join(
        f"<h3>{chapter.number}&ensp;{escape(chapter.title)}</h3>{''.join(own)}"
        for chapter, own in zip(chapters, parts, strict=True)
        if own
    )


def _listed(addresses: Addresses) -> str:
    rows = "".join(f"<li>{escape(address)}</li>" for address in addresses.all())
    return f"<ol>{rows}</ol>" if rows else ""
