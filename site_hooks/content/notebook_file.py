"""A Jupyter notebook's file -> its parts, each with an id; or, in words, why it is none."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from site_hooks.errors import BuildError

_SAVE = "open it in Jupyter and save it again"


@dataclass(frozen=True)
class Part:
    """One cell of a notebook."""

    number: int
    """Its place, from 1."""
    kind: str
    """"code", "markdown" or "raw"."""
    id: str
    """What names it in the notebook: its own id, or "cell-3" where the format has none."""
    source: str
    tags: tuple[str, ...]
    has_outputs: bool
    given: str
    """What a program called it: Colab apart from its id, others by it."""


def read(text: str, path: str) -> list[Part]:
    """The parts of a notebook, in its order.

    Args:
        text: The notebook's file.
        path: The file that errors name.

    Raises:
        BuildError: It is no notebook of the format 4.
    """
    cells = _cells(text, path)
    ids = list(_ids(cells))
    return [
        _part(cell, name, n, path) for n, (cell, name) in enumerate(zip(cells, ids, strict=True), 1)
    ]


def with_ids(text: str, path: str) -> str | None:
    """The notebook with an id for every cell, as the format has them since 4.5.

    Returns:
        None where the file is right as it is.

    Raises:
        BuildError: As `read`.
    """
    cells = _cells(text, path)
    names = list(_ids(cells))
    if [cell.get("id") for cell in cells] == names:
        return None
    for cell, name in zip(cells, names, strict=True):
        cell["id"] = name
    document = json.loads(text)
    return json.dumps(document | {"cells": cells, "nbformat_minor": 5}, ensure_ascii=False)


def as_page_id(name: str) -> str:
    """An id that a program made, as a page can have it: a letter first, then lower case.

    Examples:
        >>> as_page_id("4f3a9c2d"), as_page_id("kq3_RtZ8"), as_page_id("fuzzy-wolf")
        ('c-4f3a9c2d', 'kq3-rtz8', 'fuzzy-wolf')
    """
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return plain if re.match(r"[a-z]", plain) else f"c-{plain}"


def _cells(text: str, path: str) -> list[dict[str, Any]]:
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise BuildError(
            f"{path}:{error.lineno}: this is no notebook, as its JSON is broken: {error.msg}; "
            "bring back an older copy, or mend the line"
        ) from error
    if not isinstance(document, dict) or "nbformat" not in document:
        raise BuildError(f"{path}:1: this is no notebook: it has no nbformat; {_SAVE}")
    if document["nbformat"] != 4 or not isinstance(document.get("cells"), list):
        raise BuildError(f"{path}:1: a notebook of format {document['nbformat']}, not 4; {_SAVE}")
    for number, cell in enumerate(document["cells"], start=1):
        if not isinstance(cell, dict) or not {"cell_type", "source"} <= set(cell):
            raise BuildError(f"{path}: cell {number} has no cell_type or no source; {_SAVE}")
    cells: list[dict[str, Any]] = document["cells"]
    return cells


def _ids(cells: list[dict[str, Any]]) -> Iterator[str]:
    """Ids that differ: a cell's own, but of those that are alike only the first."""
    taken = {cell.get("id") for cell in cells}
    seen: set[str] = set()
    for number, cell in enumerate(cells, start=1):
        name = cell.get("id")
        if not isinstance(name, str) or not re.fullmatch(r"[\w-]{1,64}", name) or name in seen:
            name = f"cell-{number}"
            while name in taken | seen:
                name += "-again"
        seen.add(name)
        yield name


def _part(cell: dict[str, Any], name: str, number: int, path: str) -> Part:
    source, metadata = cell["source"], cell.get("metadata") or {}
    tags = metadata.get("tags") or []
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise BuildError(f"{path}: cell {number} has tags that are no list of words; {_SAVE}")
    colab = metadata.get("id")
    return Part(
        number,
        str(cell["cell_type"]),
        name,
        source if isinstance(source, str) else "".join(source),
        tuple(tags),
        bool(cell.get("outputs")),
        colab if isinstance(colab, str) else name,
    )
