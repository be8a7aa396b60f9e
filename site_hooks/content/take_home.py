"""A page's notebook, without what only the page knows: its own address, and the learner's code.

client/cell/take-home.ts adds these and makes the files that learners download. Links to the site
begin with `site:` until then.
"""

import json
import posixpath
import re
import textwrap
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any

from site_hooks.content import notebook_file, quizzes
from site_hooks.content.cells import Cell
from site_hooks.content.outputs import Event

Parts = Sequence[str | Cell]
NotebookCell = dict[str, Any]

# What Markdown elsewhere does not know: attribute lists, and blocks that only hold others.
_ATTRIBUTES = re.compile(r"[ \t]*\{:?[ \t]*[.#][^{}\n]*\}[ \t]*$", re.MULTILINE)
_HOLDERS = re.compile(r"^<div><[\w-]+[^\n]*</div>[ \t]*\n?|^</?div[^>\n]*>[ \t]*\n?", re.MULTILINE)
# A drawing in the page's own colours; and its words.
_DRAWING = re.compile(r"^<figure\b.*?</figure>", re.DOTALL | re.MULTILINE)
_WORDS = re.compile(r"<desc[^>]*>(.*?)</desc>", re.DOTALL)
_LINK = re.compile(r"(\]\(|href=\")(?!\w+:|#)([^)\s\"#]+)")
# Blocks of Material and of mkdocstrings: a line that begins one, and what is indented below it.
# A fence, which may show such a block, is met first.
_BLOCK = re.compile(
    r"(?P<fence>^(?P<ticks>`{3,}).*?^(?P=ticks)`*[ \t]*$)"
    r"|^(?P<mark>\?\?\?\+?|!!!|===\+?|:::)[ \t]+(?P<kind>[\w.-]*)"
    r"[^\"\n]*(?:\"(?P<title>[^\n]*)\")?[^\n]*\n?"
    r"(?P<body>(?:[ \t]*\n|(?: {4}|\t)[^\n]*(?:\n|\Z))*)",
    re.MULTILINE | re.DOTALL,
)
_CODE = re.compile(r"(`{3,}.*?`{3,}|`[^`\n]+`)", re.DOTALL)


def notebook(parts: Parts, source: str, events: Mapping[str, Sequence[Event]]) -> bytes:
    """The notebook of a page of Markdown.

    Args:
        parts: The page's Markdown and cells, in its order.
        source: The page's file below docs/, from which its links start.
        events: What the cells emitted at build, by id: pictures come as outputs.

    Returns:
        JSON of nbformat 4.5, with every id that the page's cells have.
    """
    cells: list[NotebookCell] = []
    for number, part in enumerate(_hints_first(parts)):
        if isinstance(part, Cell):
            cells += _code(part, events.get(part.id, ()), number, source)
        elif text := prose(part, source):
            cells.append(_markdown(f"text-{number}", text))
    return _json(cells)


def _hints_first(parts: Parts) -> list[str | Cell]:
    """An exercise's hints come before its solution, wherever the page has it."""
    ordered: list[str | Cell] = []
    held: list[Cell] = []
    for part in parts:
        if isinstance(part, Cell) and part.kind == "solution":
            held.append(part)
            continue
        is_text = bool(part.strip()) if isinstance(part, str) else part.has_place
        if held and is_text:
            ordered += held
            held = []
        ordered.append(part)
    return ordered + held


def of_notebook(text: str, own: Mapping[str, Cell], source: str, _: object) -> bytes:
    """The notebook of a page that is one.

    Args:
        text: The notebook's file.
        own: Its cells, by the ids that it gives them.
        source: The file below docs/.
    """
    cells: list[NotebookCell] = []
    for part in notebook_file.read(text, source):
        if part.id in own:
            cells += _code(own[part.id], (), part.number, source)
        elif part.kind == "markdown":
            cells.append(_markdown(part.id, prose(part.source, source)))
    return _json(cells)


def prose(text: str, source: str) -> str:
    r"""A page's Markdown as notebooks read it: without attributes, links with the site in them.

    Examples:
        >>> prose("## Adam { #adam }\nSee [MSE](../losses/mse.md#x).", "optimizers/adam.md")
        '## Adam\nSee [MSE](site:losses/mse/#x).'
    """
    text = _DRAWING.sub(_words, _HOLDERS.sub("", _plain_blocks(text, source)))
    pieces = _CODE.split(text)
    pieces[::2] = [_plain(piece, source) for piece in pieces[::2]]
    return re.sub(r"\n{3,}", "\n\n", "".join(pieces)).strip()


def _plain_blocks(text: str, source: str) -> str:
    r"""What is folded as details, a note as a quotation, a tab under its name, a reference linked.

    Examples:
        >>> print(_plain_blocks('??? note "Why?"\n\n    So.\n', "a.md").strip())
        <details><summary>Why?</summary>
        <BLANKLINE>
        So.
        <BLANKLINE>
        </details>
        >>> _plain_blocks("::: pylib.plots.plot_path", "reference/plots.md").strip()
        '[`pylib.plots.plot_path`](site:reference/plots/#pylib.plots.plot_path)'
    """

    def plain(block: re.Match[str]) -> str:
        if block["fence"]:
            return block["fence"]
        mark, kind = block["mark"], block["kind"]
        if mark == ":::":
            return f"\n[`{kind}`](site:{_page(source)}#{kind})\n\n"
        title = kind.capitalize() if block["title"] is None else block["title"]
        body = _plain_blocks(textwrap.dedent(block["body"]).strip(), source)
        if mark.startswith("?"):
            return f"\n{_details(title, body)}\n\n"
        name = f"**{title}**\n\n" if title else ""
        if mark == "!!!":
            body = textwrap.indent(name + body, "> ", lambda _: True)
            return f"\n{body}\n\n"
        return f"\n{name}{body}\n\n"

    return _BLOCK.sub(plain, text)


def _page(source: str) -> str:
    """Where a page lies in the site."""
    page = re.sub(r"(^|/)index\.md$|\.\w+$", r"\1", source)
    return f"{page.rstrip('/')}/" if page else ""


def _words(drawing: re.Match[str]) -> str:
    words = _WORDS.search(drawing[0])
    return f"*{unescape(words[1])}*" if words else ""


def _plain(text: str, source: str) -> str:
    folder = posixpath.dirname(source)

    def in_site(match: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(folder, match[2]))
        if not match[2].endswith((".md", ".ipynb")):
            return f"{match[1]}site:{path}"
        return f"{match[1]}site:{_page(path)}"

    return _LINK.sub(in_site, _ATTRIBUTES.sub("", text))


def _code(cell: Cell, events: Sequence[Event], number: int, source: str) -> list[NotebookCell]:
    if cell.language != "python":
        return [_markdown(f"text-{number}", _folded(cell, prose(cell.source, source)))]
    if cell.is_withheld:
        return []
    if cell.kind in ("solution", "hint"):
        return [_markdown(f"text-{number}", _folded(cell, f"```python\n{cell.source}\n```"))]
    if not cell.has_place:
        return []
    metadata: dict[str, Any] = {}
    if cell.title:
        metadata["title"] = cell.title
    if cell.settings.get("raises"):
        metadata["tags"] = ["raises-exception"]
    if cell.is_exercise:  # with its blanks it ends in an error; who runs all goes on
        metadata["tags"] = ["exercise", "raises-exception"]
    if cell.settings.get("hide", "false") != "false":
        metadata["jupyter"] = {"source_hidden": True}
    notebook_cell = {
        "cell_type": "code",
        "id": cell.id,
        "metadata": metadata,
        "execution_count": None,
        "source": cell.source,
        "outputs": [_output(event) for event in events if _is_shown(event, cell)],
    }
    return [notebook_cell]


def _folded(cell: Cell, text: str) -> str:
    """What a page folds away, as a notebook can; a quiz and a guess are asked first."""
    if cell.kind not in ("quiz", "guess"):
        return _details(cell.kind.capitalize(), text)
    asked = quizzes.parse(text) if cell.kind == "quiz" else quizzes.parse_guess(text)
    options = [f"{option.words} {option.image}".strip() for option in asked.options]
    question = asked.question
    if asked.kind != "number":
        shown = sorted(options) if asked.kind == "order" else options
        question += "\n\n" + "\n".join(f"- {words}" for words in shown)
    if cell.kind == "guess":
        return question
    marks = [
        f"{option.mark}. {words}"
        if asked.kind == "order"
        else f"- {words} ({'right' if option.is_right else 'not right'})"
        for option, words in zip(asked.options, options, strict=True)
    ]
    answers = "\n\n".join(
        f"{mark}\n\n{textwrap.indent(option.explanation, '    ')}"
        for option, mark in zip(asked.options, marks, strict=True)
    )
    return f"{question}\n\n{_details('Answers', answers)}"


def _details(title: str, text: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{text}\n\n</details>"


def _is_shown(event: Event, cell: Cell) -> bool:
    """What the page shows without Python: a picture, and all of a live figure."""
    if cell.kind == "live" and event["kind"] in ("stdout", "result"):
        return True
    is_picture = event["kind"] == "figure" and event["theme"] == "light"
    return is_picture and cell.kind in ("figure", "live")


def _output(event: Event) -> dict[str, Any]:
    if event["kind"] != "figure":
        return {"output_type": "stream", "name": "stdout", "text": event["text"]}
    return {
        "output_type": "display_data",
        "metadata": {"image/png": {"width": event["width"], "height": event["height"]}},
        "data": {"image/png": event["png"], "text/plain": event["alt"]},
    }


def _markdown(name: str, text: str) -> NotebookCell:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": text}


def _json(cells: list[NotebookCell]) -> bytes:
    python = {"display_name": "Python 3", "language": "python", "name": "python3"}
    document = {
        "cells": cells,
        "metadata": {"kernelspec": python, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
