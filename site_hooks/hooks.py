"""MkDocs' events, each a list of calls to plain functions; nothing else here knows the builder."""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

from markdown import Markdown
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, CombinedEvent, event_priority, get_plugin_logger
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils import get_build_datetime, get_relative_url

HERE = str(Path(__file__).resolve().parent.parent)
if HERE not in sys.path:  # `mkdocs build` starts in its own folder, not in ours
    sys.path.insert(0, HERE)

from site_hooks import kept, settings, side_by_side  # noqa: E402
from site_hooks.assets import prebuilt  # noqa: E402
from site_hooks.content import (  # noqa: E402
    absent,
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
    solutions,
    standfirst,
    take_home,
)
from site_hooks.content.cells import Cell  # noqa: E402
from site_hooks.content.fences import Fences, fill, mark  # noqa: E402
from site_hooks.errors import BuildError  # noqa: E402
from site_hooks.paths import CACHE, IS_INSTALLED, ROOT, user_cache  # noqa: E402
from site_hooks.publish import finish, security  # noqa: E402

# Beside each page with cells.
NOTEBOOK = "notebook.json"
# How a page is edited, where its forge is not known.
GUIDE = "instructors/authoring.md"
# In `extra` of a build whose pages are printed.
HANDOUT = "handout"

# Given what the cells drew, a page's notebook.
Home = Callable[[Mapping[str, Sequence[outputs.Event]]], bytes]

_fences = Fences()
_formulas = formulas.Formulas()
_absent = absent.AbsentPages()
_taken: set[str] = set()  # the files of the lesson's pages that a course has
_pages: list[tuple[Page, list[Cell], Home]] = []
# Made while pages are converted and cells run.
_assets: "Future[dict[str, bytes]]"
_wheel = ""
_whole = ""  # what search is not given of the page that it reads
_command = "build"
_now = get_build_datetime()
_log = get_plugin_logger("solutions")


def on_startup(command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
    """Remember what the site is built for."""
    global _command
    _command = command
    reference.keep()


# After the plugins': what mkdocstrings is given here converts docstrings.
@event_priority(-50)
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Take fences as pages are converted, undo links to absent pages. Read settings."""
    global _now
    _now = get_build_datetime()
    try:
        security.ancestors(config.extra.get("embed"))
        _release(config)
    except BuildError as error:
        raise PluginError(str(error)) from error
    extensions = _fences.added_to(config.markdown_extensions, config.mdx_configs)
    config.markdown_extensions = [*extensions, _absent]
    _pages.clear()
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add every file that is made, not written, but for what cells draw."""
    global _assets, _wheel
    try:
        race = files.get_file_from_path(hero.PAGE)
        config.extra["hero"] = hero.figure(race.url if race else None)
        made = prebuilt.files()
        (_wheel,) = (name for name in made if name.endswith(".whl"))
        if not config.extra.get(HANDOUT):
            _assets = prebuilt.begin_assets()
    except BuildError as error:
        raise PluginError(str(error)) from error
    for name, content in made.items():
        files.append(_generated(config, name, content))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Tell the fences which page is converted. Write the line below its title."""
    text, name, shown = _source(page)
    is_taken = page.file.src_uri in _taken
    _absent.begin(page.file.src_uri, _has(files) if is_taken else None)
    try:
        standfirst.refuse_unknown(page.meta, shown)
    except BuildError as error:
        raise PluginError(str(error)) from error
    _fences.begin(text, name, shown)
    template = config.edit_uri_template or edit_links.edit_template(
        edit_links.origin(Path(config.docs_dir))
    )
    path = page.file.src_uri
    if is_taken:
        page.edit_url = None
        _leave_out_buttons(page.meta, _has(files))
    elif template or not _has(files)(GUIDE):
        page.edit_url = str(template).format(path=path) if template else None
    else:
        page.edit_url = get_relative_url("instructors/authoring/#edit-a-page", page.url)
    return standfirst.add(markdown, page.meta)


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Keep the page's cells; mark their places in a notebook's page; render formulas."""
    source = page.file.src_uri
    is_notebook = source.endswith(".ipynb")
    home: Home
    try:
        shown = _release(config, page)
        if is_notebook:
            text, name, path = _source(page)
            named = cells.collect_notebook(text, name, path, _notebook_prose)
            named = {cell_id: solutions.marked(cell, shown) for cell_id, cell in named.items()}
            places = {name: mark(n) for n, name in enumerate(named)}
            html = notebooks.live(_absent.unlinked(html), places, cells.markdown_ids(text))
            own = list(named.values())
            home = partial(take_home.of_notebook, page.file.content_string, named, source)
        else:
            own = [solutions.marked(cell, shown) for cell in _fences.end(html)]
            parts = [
                part if isinstance(part, str) else solutions.marked(part, shown)
                for part in _fences.parts()
            ]
            home = partial(take_home.notebook, parts, source)
        cells.refuse_taken_ids(own, html)
        if page.present_anchor_ids is not None:  # links to cells are checked like those to headings
            page.present_anchor_ids |= {cell.id for cell in own if cell.has_place}
        if any(cell.is_withheld for cell in own):
            page.edit_url = None  # one click from an exercise to its solution
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
    left_out = [sum(cell.is_withheld for cell in own) for _, own, _ in _pages]
    if any(left_out):
        pages = sum(map(bool, left_out))
        _log.info("%d left out of this build, on %d pages", sum(left_out), pages)
    made: dict[str, bytes] = {hero.FIRST: hero.first()} if _has(files)(hero.PAGE) else {}
    for (page, own, home), events in zip(_pages, emitted, strict=True):
        html, images = render.page(own, events, get_relative_url(".", page.url) + "/")
        page.content = fill(page.content or "", html)
        made |= images
        if any(cell.is_learners for cell in own):
            page.content += render.page_tools(NOTEBOOK, _wheel)
            made[f"{page.url}{NOTEBOOK}"] = home(events)
    in_order = sorted(_pages, key=lambda one: _place(one[0]))
    made[practice_list.FILE] = practice_list.document(
        practice_list.Page(
            _source(page)[1], page.url, str(page.title), _formulas.put(page.content or "")
        )
        for page, _, _ in in_order
    )
    made[practice_list.GRADED] = practice_list.graded(
        (_source(page)[1], str(page.title), own) for page, own, _ in in_order
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
def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Of a notebook that mkdocs-jupyter has put beside its page, take solutions that are left out.

    It copies the file as it is (0.26.3).
    """
    copy = Path(page.file.abs_dest_path).with_name(Path(page.file.src_uri).name)
    if copy.suffix == ".ipynb" and copy.is_file() and not _release(config, page).is_shown:
        copy.write_text(solutions.without(copy.read_text("utf-8")), "utf-8")
    return output


@event_priority(-100)
def on_post_build(config: MkDocsConfig) -> None:
    """Finish the folder for hosts, after every plugin. `serve` shows it as it is."""
    if config.extra.get(HANDOUT):
        return  # nothing runs on paper
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
        embed = config.extra.get("embed")
        finish.finish(Path(config.site_dir), prebuilt.service_worker, isolated, embed)
    except BuildError as error:
        raise PluginError(str(error)) from error


def on_build_error(error: Exception) -> None:
    """End what was begun and is of no use any more."""
    side_by_side.end_children()


def _release(config: MkDocsConfig, page: Page | None = None) -> solutions.Release:
    """Whether solutions are shown: what the page says of its own, else what the site does."""
    if config.extra.get(HANDOUT):
        return solutions.Release(is_shown=True)  # it takes them or not
    if page and solutions.KEY in page.meta:
        return solutions.release(page.meta[solutions.KEY], _source(page)[2], _now)
    value = config.extra.get(solutions.KEY, "shown")
    return solutions.release(value, f"{Path(config.config_file_path).name}: extra", _now)


def take(pages: Iterable[str]) -> None:
    """Have these files be treated as the lesson's, of which a course has only some."""
    _taken.clear()
    _taken.update(pages)


def _has(files: Files) -> Callable[[str], bool]:
    return lambda name: files.get_file_from_path(name) is not None


def _leave_out_buttons(meta: Mapping[str, Any], has: Callable[[str], bool]) -> None:
    """Of a front page, those that lead to pages left behind."""
    hero = meta.get("hero", {})
    buttons = hero.get("actions", ())
    if buttons:
        hero["actions"] = [one for one in buttons if "page" not in one or has(one["page"])]


def _place(page: Page) -> int:
    """How many pages of the navigation come before this one."""
    return 1 + _place(page.previous_page) if page.previous_page else 0


def page_reader() -> Callable[[Path], list[Cell]]:
    """Reads the cells of a page's file as a build would, without building."""
    config = load_config("mkdocs.yml" if IS_INSTALLED else str(ROOT / "mkdocs.yml"))
    if IS_INSTALLED:
        settings.bring(config)
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


@dataclass(frozen=True)
class Converted:
    """A page of the navigation, as a build has made it."""

    part: str
    """The title of the entry of the navigation that it stands in."""
    source: str
    url: str
    title: str
    lead: str
    """What a front page says above its text."""
    html: str


@dataclass(frozen=True)
class Site:
    """What a handout takes of a build."""

    name: str
    language: str
    licence: str
    address: str
    """As mkdocs.yml has it; "" if it does not say."""
    day: str
    pages: tuple[Converted, ...]


class _Taker(BasePlugin):  # type: ignore[type-arg,no-untyped-call]
    """Keeps the navigation of a build, and what every page of it holds."""

    def __init__(self) -> None:
        self.pages: list[Page] = []
        self.html: dict[str, str] = {}

    def on_nav(self, nav: Navigation, config: MkDocsConfig, files: Files) -> None:
        self.pages = nav.pages

    @event_priority(-200)
    def on_post_page(self, output: str, page: Page, config: MkDocsConfig) -> str:
        self.html[page.file.src_uri] = page.content or ""
        return output


def converted(folder: Path) -> Site:
    """Builds the pages into a folder, for print: with solutions, and without what runs.

    Raises:
        SystemExit: The site cannot be built; the builder has said why.
    """
    config = load_config(str(ROOT / "mkdocs.yml"), site_dir=str(folder))
    config.extra[HANDOUT] = True
    taker = _Taker()
    config.plugins[HANDOUT] = taker
    config.plugins.on_startup(command="serve", dirty=False)
    try:
        build(config)
    finally:
        config.plugins.on_shutdown()
    now = get_build_datetime()
    return Site(
        name=config.site_name,
        language=str(config.theme["language"]),
        licence=config.copyright or "",
        address=config.site_url or "",
        day=f"{now.day} {now:%B %Y}",
        pages=tuple(
            Converted(
                part=str([page, *page.ancestors][-1].title),
                source=page.file.src_uri,
                url=page.url,
                title=str(page.title),
                lead=str(page.meta.get("hero", {}).get("lead", "")),
                html=taker.html[page.file.src_uri],
            )
            for page in taker.pages
        ),
    )


def _notebook_prose(cell: Cell) -> str:
    return notebooks.linked(_absent.unlinked(_fences.of_notebook(cell)))


def _source(page: Page) -> tuple[str, str, str]:
    """A page's file as `begin` and `collect_notebook` take it: its text, its name, its path."""
    name = Path(page.file.src_uri).with_suffix("").as_posix()
    path = Path(page.file.abs_src_path or page.file.src_uri)
    shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    return page.file.content_string, name, shown.as_posix()


def _generated(config: MkDocsConfig, name: str, content: bytes | Path) -> File:
    # No nav has to name the page that is made.
    inclusion = InclusionLevel.NOT_IN_NAV if name == prebuilt.NOTICES else InclusionLevel.UNDEFINED
    if isinstance(content, Path):
        return File.generated(config, name, abs_src_path=str(content), inclusion=inclusion)
    return File.generated(config, name, content=content, inclusion=inclusion)
