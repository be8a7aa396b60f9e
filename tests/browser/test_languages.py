"""A site in another language: its search finds words of that language."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from playwright.sync_api import Page, expect

from site_hooks.publish import finish

TEXT = "# Anfang\n\nOhne Ableitung.\n\n## Maße\n\nDie Häuser und eine Verlustfunktion.\n"


@pytest.fixture(scope="module")
def german(tmp_path_factory: pytest.TempPathFactory) -> Callable[[list[str]], Path]:
    """A finished site of one page, as mkdocs.yml's `theme.language` makes it."""

    def make(plugins: list[Any]) -> Path:
        folder = tmp_path_factory.mktemp("german")
        (folder / "docs").mkdir()
        (folder / "docs/index.md").write_text(TEXT, "utf-8")
        settings = {
            "site_name": "Kurs",
            "theme": {"name": "material", "language": "de", "font": False},
            "plugins": plugins,
        }
        (folder / "mkdocs.yml").write_text(json.dumps(settings), "utf-8")
        config = load_config(str(folder / "mkdocs.yml"))
        config.plugins.run_event("startup", command="build", dirty=False)
        build(config)
        finish.finish(folder / "site", lambda _: b"")
        return folder / "site"

    return make


STEMMED = {"search": {"pipeline": ["stemmer", "stopWordFilter", "trimmer"]}}


@pytest.mark.parametrize(
    ("plugin", "word"),
    [("search", "Verlustfunktion"), (STEMMED, "Haus")],
)
def test_a_german_site_finds_german_words(
    page: Page,
    german: Callable[[list[Any]], Path],
    serve: Callable[[Path], str],
    plugin: Any,
    word: str,
) -> None:
    page.goto(f"{serve(german([plugin]))}/")
    page.get_by_role("textbox", name="Suche").click()
    page.keyboard.type(word)
    expect(page.locator(".md-search-result__item")).to_have_count(1)
    expect(page.locator(".md-search-result__item")).to_contain_text("Maße")
