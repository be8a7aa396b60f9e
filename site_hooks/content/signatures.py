"""Long signatures as mkdocstrings lays them out, kept: it starts Ruff or Black anew for each."""

import importlib.metadata
from contextlib import suppress

from mkdocstrings_handlers.python._internal import rendering

from site_hooks import kept
from site_hooks.paths import CACHE, ROOT

FORMATTERS = ("black", "ruff")


def keep() -> None:
    """Have mkdocstrings take what it was given before.

    mkdocstrings-python 2.0 has no setting for it, so its own function is put aside. Where an update
    has none, the build says so; it can go when `_get_formatter` starts no process.
    """
    formatted = rendering._get_formatter()
    # Ruff and Black read their settings there.
    maker = [(ROOT / "pyproject.toml").read_text("utf-8"), *map(_version, FORMATTERS)]

    def from_kept(code: str, line_length: int) -> str:
        file = CACHE / "signatures" / kept.key(*maker, code, str(line_length))
        return kept.made(file, lambda: formatted(code, line_length).encode()).decode()

    rendering._get_formatter = lambda: from_kept  # type: ignore[assignment]


def _version(name: str) -> str:
    with suppress(importlib.metadata.PackageNotFoundError):
        return importlib.metadata.version(name)
    return ""
