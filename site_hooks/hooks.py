"""MkDocs' events, each a list of calls to plain functions; nothing else here knows the builder."""

import os
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

HERE = str(Path(__file__).resolve().parent.parent)
if HERE not in sys.path:  # `mkdocs build` starts in its own folder, not in ours
    sys.path.insert(0, HERE)

from site_hooks.assets import bundle, notices, npm_files, wheel  # noqa: E402
from site_hooks.content import (  # noqa: E402
    cells,
    edit_links,
    formulas,
    hero,
    notebooks,
    outputs,
    render,
    standfirst,
)
from site_hooks.content.cells import Cell  # noqa: E402
from site_hooks.errors import BuildError  # noqa: E402
from site_hooks.paths import CACHE, CLIENT, ROOT  # noqa: E402
from site_hooks.publish import finish  # noqa: E402


class PageCells:
    """The cells of every page and what they emitted, known before any page is converted."""

    def __init__(self, files: list[File]) -> None:
        self.page: Page | None = None
        self.cells = {file.src_uri: _collect(file) for file in files}
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            events = pool.map(lambda own: outputs.run(own, CACHE / "outputs"), self.cells.values())
            self.events = dict(zip(self.cells, events, strict=True))

    def own(self) -> list[Cell]:
        """The cells of the page that is being converted."""
        assert self.page is not None
        return self.cells.get(self.page.file.src_uri, [])

    def html(self, cell: Cell) -> str:
        """A cell's HTML on the page that is being converted."""
        assert self.page is not None
        if not cell.runs_at_build:
            return render.aside(cell)
        to_root = get_relative_url(".", self.page.url) + "/"
        events = self.events[self.page.file.src_uri][cell.id]
        show = render.cell if cell.kind == "run" else render.picture
        return show(cell, events, to_root)

    def figures(self) -> dict[str, bytes]:
        """The image files that the pages refer to."""
        images: dict[str, bytes] = {}
        for source, own in self.cells.items():
            for cell in own:
                if cell.runs_at_build:
                    images |= render.figures(cell, self.events[source][cell.id])
        return images


_pages: PageCells
_command = "build"


def on_startup(command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
    """Remember what the site is built for."""
    global _command
    _command = command


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Hand the Python fences that have a kind to us."""
    fence = {"name": "python", "class": "cell", "validator": cells.is_cell, "format": _fence}
    config.mdx_configs.setdefault("pymdownx.superfences", {})["custom_fences"] = [fence]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Collect and run the cells; add every file that is made, not written."""
    global _pages
    try:
        config.extra["hero"] = hero.figure()
        _pages = PageCells([file for file in files.documentation_pages() if file.abs_src_path])
        made: Mapping[str, bytes | Path] = {
            **_pages.figures(),
            **npm_files.assets(),
            **{f"assets/{name}": content for name, content in bundle.assets().items()},
            **{f"assets/client/{path.name}": path for path in CLIENT.rglob("*.css")},
            **{f"download/{name}": content for name, content in wheel.build().items()},
            "about/notices.md": notices.page_markdown().encode(),
        }
    except BuildError as error:
        raise PluginError(str(error)) from error
    for name, content in made.items():
        files.append(_generated(config, name, content))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Remember which page is converted: its fences ask for it. Write the line below its title."""
    _pages.page = page
    template = config.edit_uri_template or edit_links.edit_template(edit_links.origin())
    path = page.file.src_uri
    guide = get_relative_url("instructors/authoring/#edit-a-page", page.url)
    page.edit_url = template.format(path=path) if template else guide
    return standfirst.add(markdown, page.meta)


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Put live cells into notebook pages; render formulas."""
    _pages.page = page
    is_notebook = page.file.src_uri.endswith(".ipynb")
    try:
        if is_notebook:
            html = notebooks.live(html, {cell.id: _pages.html(cell) for cell in _pages.own()})
        cells.refuse_taken_ids(_pages.own(), html)
        if page.present_anchor_ids is not None:  # links to cells are checked like those to headings
            page.present_anchor_ids |= {cell.id for cell in _pages.own() if cell.runs_at_build}
        return formulas.render(html, page.file.src_uri, dollars=is_notebook)
    except BuildError as error:
        raise PluginError(str(error)) from error


@event_priority(-100)
def on_post_build(config: MkDocsConfig) -> None:
    """Finish the folder for hosts, after every plugin. `serve` shows it as it is."""
    if _command == "serve":
        return
    try:
        isolated = config.extra.get("cross_origin_isolation", True)
        finish.finish(Path(config.site_dir), bundle.service_worker, isolated)
    except BuildError as error:
        raise PluginError(str(error)) from error


def _fence(source: str, _language: str, _class: str, options: Any, _md: Any, **_: Any) -> str:
    wanted = (*cells.kind_and_id(options), source)
    return _pages.html(
        next(cell for cell in _pages.own() if (cell.kind, cell.id, cell.source) == wanted)
    )


def _collect(file: File) -> list[Cell]:
    path = Path(str(file.abs_src_path))
    page = Path(file.src_uri).with_suffix("").as_posix()
    if path.suffix == ".ipynb":
        return cells.collect_notebook(path, page)
    shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    return cells.collect(path.read_text(encoding="utf-8"), page, shown.as_posix())


def _generated(config: MkDocsConfig, name: str, content: bytes | Path) -> File:
    if isinstance(content, Path):
        return File.generated(config, name, abs_src_path=str(content))
    return File.generated(config, name, content=content)
