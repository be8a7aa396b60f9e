"""The interface's words: one file per language, languages/LANGUAGE.json, else English.

A site may have such files of its own, in `languages/` beside its mkdocs.yml: for a language that
is not here, or for other words in one that is.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from site_hooks.errors import BuildError
from site_hooks.paths import HOOKS

# Area -> key -> words; {name} in them is filled in where they are shown.
Words: TypeAlias = dict[str, dict[str, str]]

FOLDER = HOOKS / "languages"
FALLBACK = "en"
# Beside mkdocs.yml: languages of a site's own.
OWN = "languages"

_GAP = re.compile(r"\{(\w+)\}")
# As browsers take it for dates and plurals; they throw at others.
_LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
# What stands in a bundled script in the place of words: letters that no text has.
_MARK = "\ue000{area}.{key}\ue001"
_MARKED = re.compile("\ue000(\\w+)\\.(\\w+)\ue001")


def _each(words: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str, str]]:
    return ((area, key, text) for area, texts in words.items() for key, text in texts.items())


def _read(path: Path) -> Words:
    try:
        words: Words = json.loads(path.read_bytes())
    except ValueError as error:
        raise BuildError(f"{path}: this is no JSON: {error}") from error
    return words


def _checked(path: Path, english: Words) -> Words:
    own = _read(path)
    for area, texts in own.items() if isinstance(own, dict) else [("this", None)]:
        if not isinstance(texts, dict):
            raise BuildError(f"{path}: {area} is no group of words; see en.json for how one looks")
    for area, key, text in _each(own):
        theirs = english.get(area, {}).get(key)
        if theirs is None:
            raise BuildError(
                f"{path}: the interface has no words {area}.{key}; see en.json for those it has"
            )
        if not isinstance(text, str) or not text:
            raise BuildError(f"{path}: {area}.{key} is no text; leave it out to have English")
        if (area, key) == ("all", "locale") and not _LOCALE.fullmatch(text):
            raise BuildError(f"{path}: all.locale is {text}; write a language such as fr or en-GB")
        wanted = set(_GAP.findall(theirs))
        if set(_GAP.findall(text)) != wanted or re.search(r"[{}]", _GAP.sub("", text)):
            gaps = ", ".join(f"{{{name}}}" for name in sorted(wanted)) or "none"
            raise BuildError(f"{path}: {area}.{key} needs these gaps, and no others: {gaps}")
    return own


def of(language: str, own: Path | None = None) -> Words:
    """The words of a language as mkdocs.yml's `theme.language` names it.

    Those of "pt-BR" are those of "pt" where it has no file. What no file has is English.

    Args:
        language: Its name.
        own: The folder with a site's own files, which go before.

    Raises:
        BuildError: A file has words that the interface has not, or other gaps in some.
    """
    english = _read(FOLDER / f"{FALLBACK}.json")
    found = {area: dict(words) for area, words in english.items()}
    short = language.partition("-")[0]
    for folder in (FOLDER, *([own] if own else [])):
        for path in (folder / f"{language}.json", folder / f"{short}.json"):
            if path.is_file():
                for area, words in _checked(path, english).items():
                    found[area] |= words
                break
    return found


ENGLISH = of(FALLBACK)


def defines() -> dict[str, str]:
    """What the bundler puts in the place of each `WORDS.area.key`, until `put` is called."""
    return {
        f"WORDS.{area}.{key}": _MARK.format(area=area, key=key) for area, key, _ in _each(ENGLISH)
    }


def put(script: bytes, words: Words) -> bytes:
    """A bundled script with the words in it; it holds those that it uses, and no more.

    They stand in strings of any kind of quotes, so that each kind is escaped.
    """

    def escaped(match: re.Match[str]) -> str:
        text = json.dumps(words[match[1]][match[2]], ensure_ascii=False)[1:-1]
        return re.sub(r"(?<!\\)'|`|\$\{", r"\\\g<0>", text)

    return _MARKED.sub(escaped, script.decode()).encode()


def put_all(files: Mapping[str, bytes], words: Words) -> dict[str, bytes]:
    """The same files, with the words in those that are scripts of ours."""
    return {
        name: put(content, words) if name.endswith(".js") else content
        for name, content in files.items()
    }


def moment(at: datetime, said: Words = ENGLISH) -> str:
    """A day, and the time if it is not midnight in UTC.

    Examples:
        >>> moment(datetime(2027, 1, 31, 12, tzinfo=UTC))
        '31 January 2027, 12:00 UTC'
    """
    dates = said["date"]
    month = dates["months"].split("|")[at.month - 1]
    day = dates["day"].format(day=at.day, month=month, year=at.year)
    if not (at.hour or at.minute or at.second or at.utcoffset()):
        return day
    return dates["time"].format(day=day, time=f"{at:%H:%M %Z}")
