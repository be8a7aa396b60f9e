"""The lesson's own pages, whose style and numbers tests hold; of a course's pages they ask less.

A course may leave pages out, rewrite them (`own: true` above the page), and add its own. Tests that
are about a page of the lesson that is not there as it was are skipped.
"""

import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.config import load_config

from site_hooks.content.left_out import LESSON

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
SETTINGS = (ROOT / "mkdocs.yml").read_text("utf-8")


def is_rewritten(path: Path) -> bool:
    """Whether a page says that it is the course's own."""
    return path.suffix == ".md" and bool(
        re.match(r"---\n(?:(?!---).*\n)*?own: *true *\n", path.read_text("utf-8"))
    )


def is_kept_out(name: str) -> bool:
    """Whether mkdocs.yml keeps a page that is on the disk out of the site."""
    if not re.search(r"^(exclude|draft)_docs:", SETTINGS, re.MULTILINE):
        return False
    config = load_config(str(ROOT / "mkdocs.yml"))
    return any(spec and spec.match_file(name) for spec in (config.exclude_docs, config.draft_docs))


def pages() -> frozenset[str]:
    """The pages of the lesson that are in the site, as they were."""
    made = {"about/notices.md"}
    there = [name for name in LESSON if (DOCS / name).is_file() and not is_kept_out(name)]
    return frozenset(made.union(name for name in there if not is_rewritten(DOCS / name)))


OWN = pages()
GONE = frozenset(LESSON) - OWN


def is_unchanged() -> bool:
    """Whether the site has all of the lesson's pages, and no logo or style sheet of a course."""
    named = re.findall(r"[\w./-]+\.(?:css|js|svg|png|jpe?g|webp|woff2)\b", SETTINGS)
    return not GONE and not any((DOCS / name).is_file() for name in named)


def named(text: str, names: frozenset[str]) -> set[str]:
    """The pages among some that a text names, as a file or as an address.

    Examples:
        >>> sorted(named("'losses/mse/'; 'help.md'", frozenset({"losses/mse.md", "help.md"})))
        ['help.md', 'losses/mse.md']
        >>> named("pylib/losses/mse.py", frozenset({"losses/mse.md"}))
        set()
    """
    return {name for name in names if re.search(_as_named(name), text)}


def _as_named(page: str) -> str:
    address = re.sub(r"/?(index)?\.\w+$", "", page)
    either = f"{re.escape(page)}|{re.escape(address)}/" if address else re.escape(page)
    return rf"(?<![\w.-])(?:{either})"


def named_by(test: Any) -> set[str]:
    """The pages that a test needs and that are gone.

    They are looked for in its parameters, in it and its fixtures, and in the constants, functions
    and classes of tests that these use.
    """
    # pytest 9 has no public list of a test's fixtures.
    fixtures = [known[-1].func for known in test._fixtureinfo.name2fixturedefs.values()]
    params = test.callspec.params if hasattr(test, "callspec") else {}
    return named("\n".join([repr(params), *_texts([test.function, *fixtures])]), GONE)


def _texts(objects: list[Any]) -> Iterator[str]:
    """The sources of functions and classes, without decorators, and what they use of tests."""
    waiting = [inspect.unwrap(one) for one in objects]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if id(one) in seen or not one.__module__.startswith("tests."):
            continue
        seen.add(id(one))
        source = re.sub(r"\A.*?(?=^(?:def|class) )", "", inspect.getsource(one), flags=re.S | re.M)
        yield source
        around = vars(sys.modules[one.__module__])
        for name in set(re.findall(r"\w+", source)) & set(around):
            value = around[name]
            if isinstance(value, str | Path | tuple):
                yield repr(value)
            elif inspect.isfunction(value) or inspect.isclass(value):
                waiting.append(inspect.unwrap(value))
