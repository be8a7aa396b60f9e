"""MkDocs' events, each a list of calls to plain functions; nothing else here knows the builder."""

import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

from markdown import Markdown
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import CombinedEvent, event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

HERE = str(Path(__file__).resolve().parent.parent)
if HERE not in sys.path:  # `mkdocs build` starts in its own folder, not in ours
    sys.path.insert(0, HERE)

from site_hooks import kept, side_by_side, words  # noqa: E402
from site_hooks.assets import bundle, inventory, notices, npm_files, sbom, wheel  # noqa: E402
from site_hooks.content import (  # noqa: E402
    cells,
    edit_links,
    formulas,
    hero,
    notebooks,
    outputs,
    practice_list,
    reference,
    render,
    searched,
    standfirst,
    take_home,
)
from site_hooks.content.cells import Cell  # noqa: E402
from site_hooks.content.fences import Fences, fill, mark  # noqa: E402
from site_hooks.errors import BuildError  # noqa: E402
from site_hooks.paths import CACHE, CLIENT, ROOT, user_cache  # noqa: E402
from site_hooks.publish import finish  # noqa: E402

# Beside each page with cells.
NOTEBOOK = "notebook.json"
SBOM = "download/sbom.cdx.json"

# Given what the cells drew, a page's notebook.
Home = Callable[[Mapping[str, Sequence[outputs.Event]]], bytes]

_fences = Fences()
_formulas = formulas.Formulas()
_pages: list[tuple[Page, list[Cell], Home]] = []
# Made while pages are converted and cells run.
_assets: "Future[dict[str, bytes]]"
_wheel = ""
_whole = ""  # what search is not given of the page that it reads
_command = "build"


def on_startup(command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
    """Remember what the site is built for."""
    global _command
    _command = command
    reference.keep()


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Have the fences of every page taken as it is converted."""
    config.extra["words"] = words.of(_language(config))
    config.markdown_extensions = _fences.added_to(config.markdown_extensions, config.mdx_configs)
    _pages.clear()
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add every file that is made, not written, but for what cells draw."""
    global _assets, _wheel
    try:
        config.extra["hero"] = hero.figure()
        package = {f"download/{name}": content for name, content in wheel.build().items()}
        (_wheel,) = package
        others = inventory.sections()  # which fetches what is missing, for both
        _assets = side_by_side.begin(partial(bundle.assets, language=_language(config)))
        made: Mapping[str, bytes | Path] = {
            **npm_files.assets(),
            **{f"assets/client/{path.name}": path for path in CLIENT.rglob("*.css")},
            **package,
            SBOM: sbom.document(others),
            "about/notices.md": notices.page_markdown(others, SBOM).encode(),
        }
    except BuildError as error:
        raise PluginError(str(error)) from error
    for name, content in made.items():
        files.append(_generated(config, name, content))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Tell the fences which page is converted. Write the line below its title."""
    text, name, shown = _source(page)
    try:
        standfirst.refuse_unknown(page.meta, shown)
    except BuildError as error:
        raise PluginError(str(error)) from error
    _fences.begin(text, name, shown)
    template = config.edit_uri_template or edit_links.edit_template(edit_links.origin())
    path = page.file.src_uri
    guide = get_relative_url("instructors/authoring/#edit-a-page", page.url)
    page.edit_url = template.format(path=path) if template else guide
    return standfirst.add(markdown, page.meta)


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Keep the page's cells; mark their places in a notebook's page; render formulas."""
    source = page.file.src_uri
    is_notebook = source.endswith(".ipynb")
    home: Home
    try:
        if is_notebook:
            text, name, path = _source(page)
            named = cells.collect_notebook(text, name, path, _notebook_prose)
            places = {name: mark(n) for n, name in enumerate(named)}
            html = notebooks.live(html, places, cells.markdown_ids(text))
            own = list(named.values())
            home = partial(take_home.of_notebook, page.file.content_string, named, source)
        else:
            own = _fences.end(html)
            home = partial(take_home.notebook, _fences.parts(), source)
        cells.refuse_taken_ids(own, html)
        if page.present_anchor_ids is not None:  # links to cells are checked like those to headings
            page.present_anchor_ids |= {cell.id for cell in own if cell.has_place}
        own = [replace(one, html=_formulas.taken(one.html, source)) for one in own]
        _pages.append((page, own, home))
        return _formulas.taken(html, source, dollars=is_notebook)
    except BuildError as error:
        raise PluginError(str(error)) from error


def on_env(env: Any, config: MkDocsConfig, files: Files) -> None:
    """Run the cells of all pages side by side; put them, and what they draw, in their places."""
    try:
        _formulas.draw()
        emitted = side_by_side.each(
            lambda page: outputs.run(page[1], CACHE / "outputs"),
            _pages,
            lambda page: sum(cell.runs_at_build for cell in page[1]),
        )
    except BuildError as error:
        raise PluginError(str(error)) from error
    made: dict[str, bytes] = {}
    for (page, own, home), events in zip(_pages, emitted, strict=True):
        html, images = render.page(own, events, get_relative_url(".", page.url) + "/")
        page.content = fill(page.content or "", html)
        made |= images
        if any(cell.is_learners for cell in own):
            page.content += render.page_tools(NOTEBOOK, _wheel)
            made[f"{page.url}{NOTEBOOK}"] = home(events)
    made[practice_list.FILE] = practice_list.document(
        practice_list.Page(
            _source(page)[1], page.url, str(page.title), _formulas.put(page.content or "")
        )
        for page, _, _ in sorted(_pages, key=lambda one: _place(one[0]))
    )
    for name, content in made.items():
        files.append(_generated(config, name, content))


@event_priority(100)
def _before_search(context: Any, page: Page, config: MkDocsConfig, nav: Any) -> Any:
    """Have search read the words of formulas and code, without the markup that takes it long."""
    global _whole
    _whole = page.content or ""
    page.content = searched.plain(_formulas.worded(_whole))
    return context


@event_priority(-100)
def _after_search(context: Any, page: Page, config: MkDocsConfig, nav: Any) -> Any:
    """Give the page its content back, with its formulas."""
    page.content = _formulas.put(_whole)
    return context


on_page_context = CombinedEvent(_before_search, _after_search)


@event_priority(-100)
def on_post_build(config: MkDocsConfig) -> None:
    """Finish the folder for hosts, after every plugin. `serve` shows it as it is."""
    try:
        for name, content in _assets.result().items():
            path = Path(config.site_dir, "assets", name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        for folder in (CACHE, user_cache() / "packs", user_cache() / "compressed"):
            kept.prune(folder)
        if _command == "serve":
            return
        isolated = config.extra.get("cross_origin_isolation", True)
        worker = partial(bundle.service_worker, _language(config))
        finish.finish(Path(config.site_dir), worker, isolated)
    except BuildError as error:
        raise PluginError(str(error)) from error


def on_build_error(error: Exception) -> None:
    """End what was begun and is of no use any more."""
    side_by_side.end_children()


def _language(config: MkDocsConfig) -> str:
    return str(config.theme["language"])


def _place(page: Page) -> int:
    """How many pages of the navigation come before this one."""
    return 1 + _place(page.previous_page) if page.previous_page else 0


def page_reader() -> Callable[[Path], list[Cell]]:
    """Reads the cells of a page's file as a build would, without building."""
    config = load_config(str(ROOT / "mkdocs.yml"))
    own = Fences()
    extensions = own.added_to(config.markdown_extensions, config.mdx_configs)
    docs = Path(config.docs_dir)

    def read(path: Path) -> list[Cell]:
        place = path.resolve()
        inside = place.relative_to(docs) if place.is_relative_to(docs) else Path(place.name)
        page, text = inside.with_suffix("").as_posix(), path.read_text(encoding="utf-8")
        if path.suffix == ".ipynb":
            named = cells.collect_notebook(text, page, str(path), own.of_notebook)
            return list(named.values())
        own.begin(text, page, str(path))
        converter = Markdown(extensions=extensions, extension_configs=config.mdx_configs)
        html = converter.convert(text)
        found = own.end(html)
        cells.refuse_taken_ids(found, html)
        return found

    return read


def _notebook_prose(cell: Cell) -> str:
    return notebooks.linked(_fences.of_notebook(cell))


def _source(page: Page) -> tuple[str, str, str]:
    """A page's file as `begin` and `collect_notebook` take it: its text, its name, its path."""
    name = Path(page.file.src_uri).with_suffix("").as_posix()
    path = Path(page.file.abs_src_path or page.file.src_uri)
    shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    return page.file.content_string, name, shown.as_posix()


def _generated(config: MkDocsConfig, name: str, content: bytes | Path) -> File:
    if isinstance(content, Path):
        return File.generated(config, name, abs_src_path=str(content))
    return File.generated(config, name, content=content)
