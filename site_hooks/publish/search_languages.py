"""What Material's search loads for the languages that the search index names, and no more.

The search runs in a worker that makes the addresses of these files itself, so that no file names
them. They keep their names in a folder whose name holds the hash of them all.
"""

import hashlib
import json
import shutil
from pathlib import Path

from site_hooks.errors import BuildError

FOLDER = "assets/javascripts/lunr"
INDEX = "search/search_index.json"
WORKERS = "assets/javascripts/workers"

# How the worker of Material 9.8.1 comes to the addresses; it says each of these once.
_BASE = '"../lunr"'
_WAYS = (
    "/tinyseg.js`",
    "/wordcut.js`",
    "/min/lunr.${",
    "/min/lunr.multi.min.js`",
    "/min/lunr.stemmer.support.min.js`",
)
# Languages whose words are not set apart by spaces, and what cuts them.
_CUT = {"ja": "tinyseg.js", "hi": "wordcut.js", "th": "wordcut.js"}


def keep(site: Path) -> None:
    """Removes what the site's search does not load; names the rest by its content.

    Raises:
        BuildError: the search knows no such language, or another Material loads otherwise.
    """
    folder = site / FOLDER
    wanted = _files(_languages(site / INDEX))
    if not wanted:
        shutil.rmtree(folder, ignore_errors=True)
        return
    whole = hashlib.sha256()
    for name in sorted(wanted):
        if not (folder / name).is_file():
            raise BuildError(
                f"Material's search has no {name}: set another language for it in mkdocs.yml, "
                "below `plugins`, as `search: {lang: en}`"
            )
        whole.update(
            f"{name}\0{hashlib.sha256((folder / name).read_bytes()).hexdigest()}\n".encode()
        )
    for path in folder.rglob("*"):
        if path.is_file() and path.relative_to(folder).as_posix() not in wanted:
            path.unlink()
    named = folder.with_name(f"{folder.name}.{whole.hexdigest()[:12]}")
    folder.rename(named)
    _mend_worker(site, named.name)


def _languages(index: Path) -> list[str]:
    """Those that the browser reads from the index."""
    if not index.is_file():
        return []
    config: dict[str, list[str]] = json.loads(index.read_bytes()).get("config", {})
    return config.get("lang", [])


def _files(languages: list[str]) -> set[str]:
    """What the worker loads for them. English it has in itself."""
    wanted = {f"min/lunr.{language}.min.js" for language in languages if language != "en"}
    wanted |= {_CUT[language] for language in languages if language in _CUT}
    if len(languages) > 1:
        wanted.add("min/lunr.multi.min.js")
    return wanted and wanted | {"min/lunr.stemmer.support.min.js"}


def _mend_worker(site: Path, folder: str) -> None:
    """Sends the worker to the folder; its own name, which pages say, changes with it."""
    found = sorted((site / WORKERS).glob("search.*.min.js"))
    content = found[0].read_text("utf-8") if len(found) == 1 else ""
    if any(content.count(one) != 1 for one in (_BASE, *_WAYS)):
        raise BuildError(
            "this Material's search loads its languages in another way than 9.8.1: adapt "
            "site_hooks/publish/search_languages.py"
        )
    mended = content.replace(_BASE, f'"../{folder}"').encode()
    old, (worker,) = found[0].name, found
    new = f"search.{hashlib.sha256(mended).hexdigest()[:12]}.min.js"
    worker.unlink()
    worker.with_name(new).write_bytes(mended)
    for page in site.rglob("*.html"):
        before = page.read_bytes()
        after = before.replace(old.encode(), new.encode())
        if after != before:
            page.write_bytes(after)
