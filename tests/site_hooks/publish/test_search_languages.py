"""What is left of the search's languages, under which names, and what stops the build."""

import importlib.resources
import json
import re
import shutil
from pathlib import Path

import pytest

from site_hooks.errors import BuildError
from site_hooks.publish import fingerprint, search_languages

MATERIAL = Path(str(importlib.resources.files("material"))) / "templates/assets/javascripts"
PAGE = '<script id="__config">{{"search": "../assets/javascripts/workers/{0}"}}</script>'


def site(folder: Path, languages: list[str] | None) -> Path:
    """Material's scripts, a page that names the worker, an index of these languages."""
    shutil.copytree(MATERIAL, folder / "assets/javascripts")
    (worker,) = (folder / "assets/javascripts/workers").glob("*.js")
    (folder / "page").mkdir()
    (folder / "page/index.html").write_text(PAGE.format(worker.name), "utf-8")
    if languages is not None:
        (folder / "search").mkdir()
        index = {"config": {"lang": languages}, "docs": []}
        (folder / "search/search_index.json").write_text(json.dumps(index), "utf-8")
    return folder


def left(folder: Path) -> set[str]:
    """The files of languages, without the folder's hash."""
    found = {
        path.relative_to(folder / "assets/javascripts").as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "/lunr" in path.as_posix()
    }
    assert all(re.match(r"lunr\.[0-9a-f]{12}/", name) for name in found), found
    return {name.partition("/")[2] for name in found}


SUPPORT, MULTI = "min/lunr.stemmer.support.min.js", "min/lunr.multi.min.js"


@pytest.mark.parametrize(
    ("languages", "wanted"),
    [
        (None, set()),
        (["en"], set()),
        (["de"], {SUPPORT, "min/lunr.de.min.js"}),
        (["en", "de"], {SUPPORT, MULTI, "min/lunr.de.min.js"}),
        (["ja"], {SUPPORT, "tinyseg.js", "min/lunr.ja.min.js"}),
        (["th"], {SUPPORT, "wordcut.js", "min/lunr.th.min.js"}),
    ],
)
def test_only_what_the_search_loads_is_left(
    tmp_path: Path, languages: list[str] | None, wanted: set[str]
) -> None:
    folder = site(tmp_path / "site", languages)
    search_languages.keep(folder)
    fingerprint.rename(folder)
    assert left(folder) == wanted


def test_the_worker_has_a_name_of_its_own_that_pages_know(tmp_path: Path) -> None:
    folder = site(tmp_path / "site", ["de"])
    search_languages.keep(folder)
    (worker,) = (folder / "assets/javascripts/workers").glob("*.js")
    (languages,) = (folder / "assets/javascripts").glob("lunr.*")
    assert f'"../{languages.name}"' in worker.read_text("utf-8")
    assert (folder / "page/index.html").read_text("utf-8") == PAGE.format(worker.name)
    assert worker.name not in {path.name for path in MATERIAL.rglob("*")}


def test_an_english_site_keeps_material_s_own_worker(tmp_path: Path) -> None:
    folder = site(tmp_path / "site", ["en"])
    search_languages.keep(folder)
    (worker,) = (folder / "assets/javascripts/workers").glob("*.js")
    assert worker.name in {path.name for path in MATERIAL.rglob("*")}


def test_a_language_that_material_s_search_lacks_stops_the_build(tmp_path: Path) -> None:
    """Material takes Slovenian for its words, and has no file for it."""
    folder = site(tmp_path / "site", ["sl"])
    with pytest.raises(BuildError, match=r"has no min/lunr\.sl\.min\.js: .*search: \{lang: en\}"):
        search_languages.keep(folder)


@pytest.mark.parametrize("change", ['"../lunr"', "lunr.stemmer.support", "/min/lunr.${"])
def test_another_material_stops_the_build(tmp_path: Path, change: str) -> None:
    folder = site(tmp_path / "site", ["de"])
    (worker,) = (folder / "assets/javascripts/workers").glob("*.js")
    content = worker.read_text("utf-8")
    assert change in content
    worker.write_text(content.replace(change, "elsewhere"), "utf-8")
    with pytest.raises(BuildError, match="in another way"):
        search_languages.keep(folder)
