"""Where the places of a PDF are: on which page each name lies that a link leads to.

Chromium 156 writes its objects as text, beside a table of where each begins, and the places that
links within the document lead to as names. A PDF that is written in another way gives no names.
"""

import re

_TABLE = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*\Z")
_ROOT = re.compile(rb"/Root\s+(\d+)\s+0\s+R")
_ENTRY = re.compile(rb"(\d{10}) \d{5} n")
_REFERENCE = rb"/%s\s+(\d+)\s+0\s+R"
_KIDS = re.compile(rb"/Kids\s*\[([^\]]*)\]")
_NUMBER = re.compile(rb"(\d+)\s+0\s+R")
_PLACE = re.compile(rb"/([^\s/\[\]<>()]+)\s*\[\s*(\d+)\s+0\s+R")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")


def pages_of_names(pdf: bytes) -> dict[str, int]:
    """Name -> page, counted from 1; empty where they cannot be read."""
    root = _ROOT.search(pdf, pdf.rfind(b"trailer"))
    objects = _objects(pdf)
    catalog = objects.get(int(root[1]), b"") if root else b""
    places, tree = _reference(catalog, b"Dests"), _reference(catalog, b"Pages")
    pages = {page: place for place, page in enumerate(_leaves(objects, tree), start=1)}
    return {
        _ESCAPED.sub(lambda code: bytes.fromhex(code[1].decode()), name).decode(): pages[int(page)]
        for name, page in _PLACE.findall(objects.get(places, b""))
        if int(page) in pages
    }


def count(pdf: bytes) -> int:
    """How many pages it has."""
    return len(re.findall(rb"/Type\s*/Page\b", b"".join(_objects(pdf).values())))


def _objects(pdf: bytes) -> dict[int, bytes]:
    """Number -> each object's text, without the stream that may follow it."""
    table = _TABLE.search(pdf)
    if table is None:
        return {}
    begin = int(table[1])
    entries = pdf[begin : pdf.index(b"trailer", begin)].splitlines()[2:]
    found = {}
    for number, entry in enumerate(entries):
        if used := _ENTRY.match(entry):
            start = int(used[1])
            whole = pdf[start : pdf.index(b"endobj", start)]
            found[number] = whole.partition(b"stream")[0]
    return found


def _reference(text: bytes, key: bytes) -> int:
    found = re.search(_REFERENCE % key, text)
    return int(found[1]) if found else 0


def _leaves(objects: dict[int, bytes], number: int) -> list[int]:
    """The pages below a node of the tree of pages, in their order."""
    text = objects.get(number, b"")
    kids = _KIDS.search(text)
    if kids is None:
        return [number] if text else []
    return [page for kid in _NUMBER.findall(kids[1]) for page in _leaves(objects, int(kid))]
