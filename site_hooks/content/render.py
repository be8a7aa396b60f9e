"""Cell -> HTML: what the page holds, and what the cell printed and drew at build."""

import hashlib
from base64 import b64decode
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

import pygments
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from pylib.kernel.depth import depth
from site_hooks import kept, words
from site_hooks.content import forms
from site_hooks.content.cells import Cell, Kind, of_exercise, version
from site_hooks.content.needs import defined_names, needed_cells
from site_hooks.content.outputs import Event
from site_hooks.paths import CACHE

FIGURES = "assets/outputs"
# Beside each page that has twins; its sections have the ids of the cells.
TWINS = "in-pytorch.html"
# What a narrow window has beside the room of a picture, in CSS pixels; of a live figure's at most.
BESIDE = 56

_SELF = Path(__file__).read_bytes()
_HIGHLIGHT = HtmlFormatter(nowrap=True)
_UNSEARCHED = "data-search-exclude"
_ASIDES = ("hint", "solution")


def page(
    cells: Sequence[Cell],
    events: Mapping[str, Sequence[Event]],
    to_root: str,
    said: words.Words = words.ENGLISH,
) -> tuple[list[str], dict[str, bytes]]:
    """The HTML of each cell of a page, and the image files that it refers to.

    Args:
        cells: The page's cells.
        events: What they emitted at build, by id.
        to_root: The relative address from the page to the site's root, such as "../../".
        said: The interface's words.
    """
    html: list[str] = []
    images: dict[str, bytes] = {}
    needs = needed_cells(cells)
    exercises = {one.id for one in cells if one.is_exercise}
    twins = {one.id for one in cells if one.kind == "torch"}
    for one in cells:
        emitted = events.get(one.id, ())
        if one.kind == "figure":
            html.append(picture(one, emitted, to_root, said))
        elif one.is_learners:
            parts = of_exercise(cells, one.id) if one.is_exercise else {}
            html.append(cell(one, emitted, to_root, needs[one.id], parts, said, one.id in twins))
        else:
            # What belongs to an exercise stands in its cell.
            html.append(
                "" if one.id in exercises and one.kind in _ASIDES else aside(one, said=said)
            )
        if one.runs_at_build:
            images |= figures(one, emitted)
    return html, images


def cell(
    cell: Cell,
    events: Sequence[Event],
    to_root: str,
    needs: Sequence[str] = (),
    parts: Mapping[Kind, Sequence[Cell]] | None = None,
    said: words.Words = words.ENGLISH,
    has_twin: bool = False,
) -> str:
    """A runnable cell: readable code and output, which script turns into the live cell.

    A live figure shows its output first and in both themes, and its code folded.

    Args:
        cell: The cell, of kind "run" or "live".
        events: What it emitted at build.
        to_root: The relative address from the page to the site's root, such as "../../".
        needs: The ids of the cells whose names it needs.
        parts: What belongs to it, if it is an exercise: `cells.of_exercise`.
        said: The interface's words.
        has_twin: It stands in PyTorch too, in the document beside the page.

    Returns:
        One line-safe block of HTML. The outer `<div>` keeps Markdown from wrapping it in `<p>`.
    """
    is_live = cell.kind == "live"
    attributes = {
        "id": cell.id,
        "page": cell.page,
        "session": cell.session,
        "timeout": "30",
        "defines": " ".join(defined_names(cell.source)),
        "needs": " ".join(needs),
        "depth": depth("\n".join(one.source for one in (cell, *(parts or {}).get("check", [])))),
        **cell.settings,
        **({"title": cell.title} if cell.title else {}),
        **({"live": ""} if is_live else {}),
    }
    if parts:
        (check,) = parts["check"]
        # No script element: Material's instant navigation (9.8.1) makes each one of a page anew,
        # without its attributes, and it would be run.
        attributes |= {"exercise": "", "version": version(cell, check), "check": check.source}
    written = " ".join(f'{name}="{escape(value)}"' for name, value in attributes.items())
    block = f'<pre class="highlight"><code class="language-python">{code(cell.source)}</code></pre>'
    output = _output(events, to_root, both_themes=is_live)
    blocks = [
        block,
        _room_for_form(cell, events),
        f'<div class="built-output" {_UNSEARCHED}>{output}</div>',
    ]
    if is_live:
        blocks[0] = (
            f'<details class="picture-code" {_UNSEARCHED}><summary>'
            f"{said['built']['figureCode']}</summary>"
            f"{block}</details>"
        )
        blocks = [*blocks[1:], blocks[0]]
    below = "".join(
        aside(part, number if len(some) > 1 else None, said)
        for kind, some in (parts or {}).items()
        for number, part in enumerate(some, start=1)
        if kind in _ASIDES
    )
    if has_twin:
        address = f"{TWINS}#{cell.id}"
        below += f'<a class="cell-twin" href="{address}" {_UNSEARCHED}>{said["torch"]["link"]}</a>'
    return f'<div class="cell"><py-cell {written}>{"".join(blocks)}</py-cell>{below}</div>'


def _room_for_form(cell: Cell, events: Sequence[Event]) -> str:
    """Where script puts the controls: as high as they will be, so that the page does not jump."""
    fields = forms.parse(cell.source).fields if cell.has_form else ()
    if any(event["kind"] == "instrument" for event in events):
        fields = tuple(field for field in fields if field.kind != "raw")  # the instrument has those
    if not fields:
        return ""
    rooms = "".join(
        f'<div class="cell-field"><span class="cell-label">{escape(field.label)}</span></div>'
        for field in fields
    )
    return f'<div class="cell-form" {_UNSEARCHED}>{rooms}</div>'


def page_tools(notebook: str, wheel: str) -> str:
    """The place of the tools that work on all cells of a page; script fills it.

    Args:
        notebook: The address of the page's notebook, from the page.
        wheel: The path of pylib's wheel below the site's root.
    """
    return f'<page-tools notebook="{escape(notebook)}" wheel="{escape(wheel)}"></page-tools>'


def picture(
    cell: Cell, events: Sequence[Event], to_root: str, said: words.Words = words.ENGLISH
) -> str:
    """A figure drawn at build, in the page's theme, with its code folded below it."""
    drawings = _both_themes(_drawings(events), to_root, _narrow(events))
    caption = cell.caption or escape(cell.title)
    return (
        f'<figure class="picture" id="{cell.id}">{drawings}'
        f"<figcaption>{caption}</figcaption></figure>"
        '<details class="picture-code" data-search-exclude>'
        f"<summary>{said['built']['pictureCode']}</summary>"
        f'<pre class="highlight"><code class="language-python">{code(cell.source)}</code></pre>'
        "</details>"
    )


def aside(cell: Cell, number: int | None = None, said: words.Words = words.ENGLISH) -> str:
    """A solution or a hint, folded away; prose; a check or a wrong answer shows nothing.

    Of a solution that is left out it says no more than from when on it is shown.
    """
    if cell.is_withheld:
        told = said["built"]["shownFrom"].format(day=escape(cell.shown_from))
        return f"<p {_UNSEARCHED}><small>{told}</small></p>" if cell.shown_from else ""
    if cell.kind not in _ASIDES:
        return cell.html
    block = f'<pre class="highlight"><code class="language-python">{code(cell.source)}</code></pre>'
    title = said["built"][cell.kind] + (f" {number}" if number else "")
    return (
        f'<details class="cell-{cell.kind}" data-kind="{cell.kind}" data-for="{cell.id}" '
        f"{_UNSEARCHED}><summary>{title}</summary>{cell.html or block}</details>"
    )


def code(source: str) -> str:
    """Python source as highlighted HTML."""

    def make() -> bytes:
        return str(highlight(source, PythonLexer(stripnl=False), _HIGHLIGHT)).rstrip("\n").encode()

    return kept.made(CACHE / "code" / kept.key(pygments.__version__, _SELF, source), make).decode()


def figure_name(png: str) -> str:
    """Where a figure drawn at build lies in the site: named by its content."""
    return f"{FIGURES}/{hashlib.sha256(png.encode()).hexdigest()[:16]}.png"


def record_name(record: str) -> str:
    """Where what an instrument shows lies in the site: named by its content."""
    return f"{FIGURES}/{hashlib.sha256(record.encode()).hexdigest()[:16]}.json"


def figures(cell: Cell, events: Sequence[Event]) -> dict[str, bytes]:
    """The images, and the records of instruments, that the cell's HTML refers to."""
    records = [event["record"] for event in events if event["kind"] == "instrument"]
    return {record_name(record): record.encode() for record in records} | {
        figure_name(event["png"]): b64decode(event["png"])
        for event in events
        if event["kind"] in ("figure", "narrow")
        and (event["theme"] == "light" or cell.kind in ("figure", "live"))
    }


def _drawings(events: Sequence[Event]) -> list[Event]:
    return [event for event in events if event["kind"] == "figure"]


def _narrow(events: Sequence[Event]) -> list[Event]:
    return [event for event in events if event["kind"] == "narrow"]


def _image(event: Event, to_root: str, attributes: str = "") -> str:
    return (
        f'<img src="{to_root}{figure_name(event["png"])}"{attributes} '
        f'width="{event["width"]}" height="{event["height"]}" '
        f'alt="{escape(event["alt"])}" loading="lazy">'
    )


def _both_themes(drawings: Sequence[Event], to_root: str, narrow: Sequence[Event] = ()) -> str:
    return "".join(
        _in_any_room(
            _image(event, to_root, f' class="on-{event["theme"]}"'),
            [e for e in narrow if (e["figure"], e["theme"]) == (event["figure"], event["theme"])],
            to_root,
        )
        for event in sorted(drawings, key=lambda event: event["figure"])
    )


def _in_any_room(image: str, narrow: Sequence[Event], to_root: str) -> str:
    """The image, and what a narrow window shows in its place; no window loads both."""
    sources = "".join(
        f'<source media="(max-width: {event["below"] + BESIDE - 1}px)" '
        f'srcset="{to_root}{figure_name(event["png"])}" '
        f'width="{event["width"]}" height="{event["height"]}">'
        for event in sorted(narrow, key=lambda event: event["below"])
    )
    return f"<picture>{sources}{image}</picture>" if sources else image


def _instrument(events: Sequence[Event], figure: Event, to_root: str) -> str:
    """The attributes of a figure that stands for an instrument."""
    for event in events:
        if event["kind"] == "instrument" and event["figure"] == figure["figure"]:
            address = f"{to_root}{record_name(event['record'])}"
            return f' data-instrument="{event["instrument"]}" data-record="{address}"'
    return ""


def _output(events: Sequence[Event], to_root: str, *, both_themes: bool) -> str:
    parts: list[str] = []
    text: list[str] = []

    def end_text() -> None:
        if text:
            parts.append(f"<pre>{escape(''.join(text))}</pre>")
            text.clear()

    for event in events:
        match event["kind"]:
            case "stdout" | "stderr":
                text.append(event["text"])
            case "result":
                text.append(event["text"] + "\n")
            case "figure" if event["theme"] == "light":
                end_text()
                same = [e for e in _drawings(events) if e["figure"] == event["figure"]]
                image = (
                    _both_themes(same, to_root, _narrow(events))
                    if both_themes
                    else _image(event, to_root)
                )
                parts.append(f"<figure{_instrument(events, event, to_root)}>{image}</figure>")
            case "error":
                end_text()
                parts.append(
                    f'<p data-kind="error"><strong>{escape(event["type"])}</strong>: '
                    f"{escape(event['message'])}</p>"
                )
    end_text()
    return "".join(parts)
