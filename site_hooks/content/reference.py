"""What mkdocstrings makes of code for the reference pages, kept: long signatures, and colours.

For each signature it starts Ruff or Black anew. mkdocstrings 1.0 has no setting for either, so its
own functions are put aside; where an update has none, the build says so. This can go when the build
of a page of its own takes no longer without.
"""

import importlib.metadata
import json
from contextlib import suppress
from typing import Any

from markupsafe import Markup
from mkdocstrings import Highlighter
from mkdocstrings_handlers.python._internal import rendering

from site_hooks import kept
from site_hooks.paths import CACHE, ROOT

FORMATTERS = ("black", "ruff")
COLOURERS = ("mkdocstrings", "pygments", "pymdown-extensions")
FOLDER = "reference"


def keep() -> None:
    """Have mkdocstrings take what it made before."""
    _keep_signatures()
    _keep_colours()


def _keep_signatures() -> None:
    formatted = rendering._get_formatter()
    # Ruff and Black read their settings there.
    settings = ROOT / "pyproject.toml"  # of a checkout
    read = settings.read_text("utf-8") if settings.is_file() else ""
    maker = [read, *map(_version, FORMATTERS)]

    def from_kept(code: str, line_length: int) -> str:
        file = CACHE / FOLDER / kept.key(*maker, code, str(line_length))
        return kept.made(file, lambda: formatted(code, line_length).encode()).decode()

    rendering._get_formatter = lambda: from_kept  # type: ignore[assignment]


def _keep_colours() -> None:
    coloured = Highlighter.highlight
    maker = [*map(_version, COLOURERS)]

    def from_kept(self: Highlighter, src: str, language: str | None = None, **how: Any) -> str:
        settings = {name: value for name, value in vars(self).items() if name != "md"}
        asked = json.dumps([how, settings, isinstance(src, Markup)], sort_keys=True)
        file = CACHE / FOLDER / kept.key(*maker, asked, src, language or "")
        return Markup(
            kept.made(file, lambda: coloured(self, src, language, **how).encode()).decode()
        )

    Highlighter.highlight = from_kept  # type: ignore[method-assign]


def _version(name: str) -> str:
    with suppress(importlib.metadata.PackageNotFoundError):
        return importlib.metadata.version(name)
    return ""
