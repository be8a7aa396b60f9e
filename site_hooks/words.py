"""The interface's words: one file per language, languages/LANGUAGE.json, else English."""

import json
from pathlib import Path
from typing import TypeAlias

from site_hooks.paths import HOOKS

# Area -> key -> words; {name} in them is filled in where they are shown.
Words: TypeAlias = dict[str, dict[str, str]]

FOLDER = HOOKS / "languages"
FALLBACK = "en"


def of(language: str) -> Words:
    """The words of a language as mkdocs.yml's `theme.language` names it.

    Those of "pt-BR" are those of "pt" where it has no file. Without any file all is English.
    """
    own: Words = {}
    for name in (language, language.partition("-")[0]):
        path = FOLDER / f"{name}.json"
        if path.is_file():
            own = _read(path)
            break
    return {
        area: words | own.get(area, {})
        for area, words in _read(FOLDER / f"{FALLBACK}.json").items()
    }


def defines(language: str) -> dict[str, str]:
    """What the bundler puts in the place of each `WORDS.area.key`: a script holds what it uses."""
    return {
        f"WORDS.{area}.{key}": text
        for area, words in of(language).items()
        for key, text in words.items()
    }


def _read(path: Path) -> Words:
    words: Words = json.loads(path.read_bytes())
    return words
