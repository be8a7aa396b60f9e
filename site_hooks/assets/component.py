"""One thing of others' that the site serves: what the notices page and the list of parts say."""

from typing import NamedTuple


class Component(NamedTuple):
    """One package, library, typeface or data set."""

    name: str
    # As its publisher writes it, or words such as "as in CPython 3.14.2" where none is told.
    version: str
    # An SPDX expression.
    licence: str
    texts: tuple[str, ...]
    # Where it is published.
    source: str
    # Its package URL, "" for what is no package.
    purl: str = ""
    sha256: str = ""
    # What kind of thing it is, in CycloneDX's words.
    kind: str = "library"
    # For what is linked into others: the files that hold it, and the packages of those files.
    files: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
