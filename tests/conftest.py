"""The lesson's own way from Markdown to cells, for every test that needs cells."""

from collections.abc import Callable

import markdown
import pytest
from mkdocs.config import load_config

from site_hooks.content.cells import Cell
from site_hooks.content.fences import Fences

Collect = Callable[[str, str, str], list[Cell]]


@pytest.fixture(scope="session")
def collect() -> Collect:
    """The cells of a page's Markdown, as a build of the lesson finds them."""
    config = load_config("mkdocs.yml")
    fences = Fences()
    settings = config.mdx_configs
    extensions = fences.added_to(config.markdown_extensions, settings)

    def convert(text: str, page: str, path: str) -> list[Cell]:
        fences.begin(text, page, path)
        converter = markdown.Markdown(extensions=extensions, extension_configs=settings)
        return fences.end(converter.convert(text))

    return convert
