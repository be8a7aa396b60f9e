"""The privacy page lists what the site's scripts keep: all of it, by name and place."""

import re
from pathlib import Path

from site_hooks import words
from site_hooks.paths import CLIENT, HOOKS

PAGE = Path("docs/privacy.md").read_text("utf-8")
KEYS = (CLIENT / "shared/site.ts").read_text("utf-8")

# Besides `keys`, which tests/test_imports.py makes all of local storage, caches and folders use.
TAB = "storage of the tab"
IN_THE_TAB = {
    "client/storage/guesses.ts": "lesson:PATH:guess:",  # one of `keys`
    "client/storage/last-output.ts": "py-cell:PATH:",  # named as drafts are
    "theme/partials/healing.html": "lesson:PATH:refused",
}
# Of Material for MkDocs 9.8.1; what its bundle keeps besides needs features that are off.
MATERIAL = {("PATH.__palette", "local storage")}


def listed() -> set[tuple[str, str]]:
    """The page's table: name and place."""
    rows = re.findall(r"\| ([^|]+) \| `([^`]+)` \|$", PAGE, re.MULTILINE)
    return {(name.removesuffix("…"), place.lower()) for place, name in rows}


def of_the_code() -> set[tuple[str, str]]:
    """What shared/site.ts names: the name, and the place that its comment begins with."""
    told = re.findall(r"/\*\* ([^:*]+):[^*]*\*/\s+(\w+): string;", KEYS)
    places = {key: place.lower() for place, key in told}
    names = re.findall(r"^ {4}(\w+): `([^`]+)`", KEYS, re.MULTILINE)
    assert {key for key, _ in names} == set(places), "each key has a comment that begins with where"
    return {(re.sub(r"\$\{[^}]+\}", "PATH", name), places[key]) for key, name in names}


def test_the_page_lists_what_the_scripts_keep_and_nothing_else() -> None:
    tab = {(name, TAB) for name in IN_THE_TAB.values()}
    assert listed() == of_the_code() | tab | MATERIAL


def test_no_other_script_keeps_anything_in_the_tab_or_in_cookies() -> None:
    scripts = [*HOOKS.rglob("*.ts"), *HOOKS.rglob("*.html")]
    texts = {path.relative_to(HOOKS).as_posix(): path.read_text("utf-8") for path in scripts}
    doors = {"client/shared/stores.ts", "theme/partials/early.html"}  # they keep nothing themselves
    takes = re.compile(r'sessionStorage|\btab\b[^}]*\} from "[^"]*/stores"')
    using = {name for name, text in texts.items() if takes.search(text)}
    assert using - doors == set(IN_THE_TAB)
    assert not [name for name, text in texts.items() if "document.cookie" in text]
    databases = [name for name, text in texts.items() if re.search(r"indexedDB[.\[]", text)]
    assert not databases


def test_what_removes_it_is_a_button_of_the_help_page() -> None:
    script = (CLIENT / "storage/stored-rows.ts").read_text()
    named = re.findall(r"action: WORDS\.stored\.(\w+)", script)
    buttons = {words.ENGLISH["stored"][name] for name in named}
    table = "\n".join(line for line in PAGE.splitlines() if line.startswith("|"))
    told = set(re.findall(r"“([^”]+)”", table)) - {"Reset", "Use offline"}
    assert told == buttons
