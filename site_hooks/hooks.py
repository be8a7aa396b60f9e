"""MkDocs' events, each a list of calls to plain functions; nothing else here knows the builder."""

import gc
import logging
import posixpath
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import UTC
from functools import cache, partial
from pathlib import Path
from typing import Any, Literal

from markdown import Markdown
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, CombinedEvent, event_priority
from mkdocs.structure.files import File, Files, InclusionLevel, set_exclusions
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page, _RelativePathTreeprocessor
from mkdocs.utils import get_build_datetime, get_relative_url

HERE = str(Path(__file__).resolve().parent.parent)
if HERE not in sys.path:  # `mkdocs build` starts in its own folder, not in ours
    sys.path.insert(0, HERE)

from site_hooks import kept, live, settings, side_by_side, words  # noqa: E402
from site_hooks.assets import prebuilt  # noqa: E402
from site_hooks.content import (  # noqa: E402
    cells,
    edit_links,
    formula_sheet,
    formulas,
    glossary,
    hero,
    interface,
    left_out,
    notebook_file,
    notebooks,
    outputs,
    places,
    practice_list,
    reference,
    render,
    searched,
    solutions,
    standfirst,
    take_home,
    twins,
)
from site_hooks.content.cells import Cell  # noqa: E402
from site_hooks.content.fences import Fences, fill, mark  # noqa: E402
from site_hooks.errors import BuildError, check_each  # noqa: E402
from site_hooks.paths import CACHE, IS_INSTALLED, PAGES, PYLIB, ROOT, user_cache  # noqa: E402
from site_hooks.publish import finish, security  # noqa: E402

# Beside each page with cells.
NOTEBOOK = "notebook.json"
SEARCH = "material/search"
# How a page is edited, where its forge is not known.
GUIDE = "instructors/authoring.md"
# In `extra` of a build whose pages are printed.
HANDOUT = "handout"

# Given what the cells drew, a page's notebook.
Home = Callable[[Mapping[str, Sequence[outputs.Event]]], bytes]

_log = logging.getLogger("mkdocs.plugins.lesson")
_fences = Fences()
_formulas = formulas.Formulas()
_glossary = glossary.Glossary()
_left_out = left_out.LeftOut()
_places = places.Places()
_forge: edit_links.Forge | None = None
_taken: set[str] = set()  # the files of the lesson's pages that a course has
_pages: list[tuple[Page, list[Cell], Home]] = []
_faults: list[str] = []  # what is wrong with pages, told together
# Made while pages are converted and cells run.
_assets: "Future[dict[str, bytes]]"
_wheel = ""
_said = words.ENGLISH
_whole = ""  # what search is not given of the page that it reads
_command = "build"
_now = get_build_datetime()


def on_startup(command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
    """Remember what the site is built for."""
    global _command
    _command = command
    gc.set_threshold(100_000, 20, 20)  # a build makes much and drops little: a tenth of its time
    reference.keep()
    _places.watch()


# After the plugins': what mkdocstrings is given here converts docstrings.
@event_priority(-50)
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Have the fences and links of every page taken as it is converted. Read settings."""
    global _forge, _now, _said
    _now = get_build_datetime()
    try:
        settings.refuse_slips(config.extra)
        _said = words.of(_language(config), Path(config.config_file_path).with_name(words.OWN))
        security.ancestors(config.extra.get("embed"))
        _release(config)
    except BuildError as error:
        raise PluginError(str(error)) from error
    _say(config)
    extensions = _fences.added_to(config.markdown_extensions, config.mdx_configs)
    config.markdown_extensions = [*extensions, _left_out]
    docs = Path(config.docs_dir)
    _places.of_site(partial(_place_of, docs), Path(config.config_file_path), ROOT)
    _forge = edit_links.forge_of(docs)
    _formulas.begin()
    _pages.clear()
    _faults.clear()
    return config


def _add_made(files: Files, config: MkDocsConfig) -> Files:
    """Add every file that is made, not written, but for what cells draw."""
    global _assets, _wheel
    try:
        config.extra["hero"] = hero.figure(_race(files))
        made = prebuilt.files()
        (_wheel,) = (name for name in made if name.endswith(".whl"))
        if not config.extra.get(HANDOUT):
            _assets = prebuilt.begin_assets()
    except BuildError as error:
        raise PluginError(str(error)) from error
    for name, content in made.items():
        files.append(_generated(config, name, content))
    return files


@event_priority(-100)
def _read_pages(files: Files, config: MkDocsConfig) -> Files:
    """After mkdocs-jupyter has made notebooks pages: give them ids, see which pages are there."""
    set_exclusions(files, config)  # as MkDocs 1.6 does after this: of a notebook's page it was lost
    try:
        _make_notebooks_whole(files, config)
    except BuildError as error:
        raise PluginError(str(error)) from error
    pages = {file.src_uri: _is_kept_out(file) for file in files.documentation_pages(inclusion=_any)}
    kept_out = [page for page, is_out in pages.items() if is_out]
    _left_out.of_site(pages, kept_out)
    for name in config.extra.get("footer") or []:
        if name not in pages and name not in _left_out.pages:
            raise PluginError(f"extra.footer of mkdocs.yml names {name}, and there is no such page")
    config.extra["left_out"] = _left_out.pages
    _read_glossary(files, config)
    return files


on_files = CombinedEvent(_add_made, _read_pages)


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Tell the fences which page is converted. Write the line below its title."""
    text, name, shown = _source(page, config)
    try:
        known = {*files.src_uris, *_left_out.pages}
        standfirst.refuse_unknown(page.meta, known, partial(places.where, text, shown))
    except BuildError as error:
        _faults.append(str(error))
    _fences.begin(text, name, shown)
    path = page.file.src_uri
    _left_out.begin(path, is_lessons=path in (_taken or left_out.LESSON))
    page.edit_url = _edit_link(page, config)
    if path == formula_sheet.PAGE:
        try:
            markdown = formula_sheet.filled(markdown)
        except BuildError as error:
            _faults.append(str(error))
    return standfirst.add(markdown, page.meta, _said)


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Keep the page's cells; mark their places in a notebook's page; render formulas."""
    source = page.file.src_uri
    is_notebook = source.endswith(".ipynb")
    text, name, path = _source(page, config)
    where = partial(_where_formula, text, path)
    home: Home
    try:
        shown = _release(config, page)
        if is_notebook:
            read = _link_reader(page, config, files)
            named = cells.collect_notebook(
                text, name, path, lambda cell: notebooks.linked(_fences.of_notebook(cell), read)
            )
            named = {key: solutions.marked(cell, shown, _said) for key, cell in named.items()}
            # A twin is a raw cell, which is nowhere on the page.
            marks = {key: mark(n) for n, key in enumerate(named) if named[key].kind != "torch"}
            html = notebooks.live(html, marks, cells.markdown_ids(text, path), read, _said)
            page.present_anchor_ids = notebooks.ids(html)
            own = list(named.values())
            home = partial(take_home.of_notebook, page.file.content_string, named, source)
        else:
            own = [solutions.marked(cell, shown, _said) for cell in _fences.end(html)]
            parts = [
                part if isinstance(part, str) else solutions.marked(part, shown, _said)
                for part in _fences.parts()
            ]
            home = partial(take_home.notebook, parts, source)
        cells.refuse_taken_ids(own, html)
        if page.present_anchor_ids is not None:  # links to cells are checked like those to headings
            page.present_anchor_ids |= {cell.id for cell in own if cell.has_place}
        if any(cell.is_withheld for cell in own):
            page.edit_url = None  # one click from an exercise to its solution
        own = [
            replace(
                one,
                html=_formulas.taken(one.html, where),
                caption=_formulas.taken_title(one.title, where),
            )
            for one in own
        ]
        _pages.append((page, own, home))
        return _with_terms(_formulas.taken(html, where, dollars=is_notebook), page, config, files)
    except BuildError as error:
        _faults.append(str(error))
        return html


def on_env(env: Any, config: MkDocsConfig, files: Files) -> None:
    """Run the cells of all pages side by side; put them, and what they draw, in their places."""
    try:
        _formulas.draw()
    except BuildError as error:
        _faults.append(str(error))
    if _faults:
        raise PluginError("\n".join(_faults))
    withheld = [sum(cell.is_withheld for cell in own) for _, own, _ in _pages]
    if any(withheld):
        pages = sum(map(bool, withheld))
        _log.info("solutions: %d left out of this build, on %d pages", sum(withheld), pages)
    for gone, count in sorted(_left_out.links.items()):
        _log.info(f"{gone} is left out: {count} links to it are words")
    _pages[:] = [(page, [_worded(one) for one in own], home) for page, own, home in _pages]
    read = cache(kept.content)  # of the sources, which most pages share
    ran = side_by_side.each(
        lambda page: _events(page[1], read),
        _pages,
        lambda page: sum(cell.runs_at_build for cell in page[1]),
    )
    if failed := [one for one in ran if isinstance(one, str)]:
        raise PluginError("\n".join(failed))
    emitted = [one for one in ran if not isinstance(one, str)]
    made = {hero.FIRST: hero.first()} if _race(files) else {}
    for (page, own, home), events in zip(_pages, emitted, strict=True):
        html, images = render.page(own, events, get_relative_url(".", page.url) + "/", _said)
        page.content = fill(page.content or "", html)
        made |= images
        if twins.of(own):
            to_root = get_relative_url(".", page.url) + "/"
            made[f"{page.url}{render.TWINS}"] = twins.document(
                own, str(page.title), to_root, _wheel, _said, str(config.theme["language"])
            )
        if any(cell.is_learners for cell in own):
            page.content += render.page_tools(NOTEBOOK, _wheel)
            made[f"{page.url}{NOTEBOOK}"] = _left_out.taken_home(home(events))
    in_order = sorted(_pages, key=lambda one: _place(one[0]))
    made[practice_list.FILE] = practice_list.document(
        practice_list.Page(
            _source(page, config)[1], page.url, str(page.title), _formulas.put(page.content or "")
        )
        for page, _, _ in in_order
    )
    made[practice_list.GRADED] = practice_list.graded(
        (_source(page, config)[1], str(page.title), own) for page, own, _ in in_order
    )
    for name, content in made.items():
        files.append(_generated(config, name, content))


@event_priority(100)
def _before_search(context: Any, page: Page, config: MkDocsConfig, nav: Any) -> Any:
    """Have search read the words of formulas and code, without the markup that takes it long."""
    global _whole
    _whole = page.content or ""
    read = searched.plain(_formulas.worded(_whole))
    page.content = glossary.searchable(read) if page.file.src_uri == glossary.PAGE else read
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
        for name, content in words.put_all(_assets.result(), _said).items():
            path = Path(config.site_dir, "assets", name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        for folder in (CACHE, user_cache() / "packs", user_cache() / "compressed"):
            kept.prune(folder)
        if _command == "serve":
            return
        isolated = config.extra.get("cross_origin_isolation", True)
        embed = config.extra.get("embed")

        def service_worker(told: Mapping[str, str]) -> bytes:
            return words.put(prebuilt.service_worker(told), _said)

        finish.finish(Path(config.site_dir), service_worker, isolated, embed)
    except BuildError as error:
        raise PluginError(str(error)) from error


def on_build_error(error: Exception) -> None:
    """End what was begun and is of no use any more. Keep the words for the preview."""
    side_by_side.end_children()
    live.note(error)


def on_serve(server: Any, config: MkDocsConfig, builder: Callable[..., None]) -> Any:
    """While a build fails, answer with what is wrong; MkDocs 1.6 lets every request wait."""
    server.builder = live.noting(server.builder)
    server.set_app(live.answering(server.get_app()))
    return server


def _say(config: MkDocsConfig) -> None:
    """Give the words of the interface to whatever writes some."""
    config.extra["words"] = _fences.said = _said
    interface.name_switches(config.theme["palette"], _said)
    interface.name_contents(config.mdx_configs, _said)
    content = config.extra.setdefault("content_language", "en")
    search = config.plugins.get(SEARCH)
    if search and not any("lang" in told for told in search.config.user_configs):
        # In its place: the index, which is made by now, has the same list.
        asked = search.config.lang or []
        asked[:] = interface.search_languages(asked, _language(config), str(content))


def _language(config: MkDocsConfig) -> str:
    return str(config.theme["language"])


def _release(config: MkDocsConfig, page: Page | None = None) -> solutions.Release:
    """Whether solutions are shown: what the page says of its own, else what the site does."""
    if config.extra.get(HANDOUT):
        return solutions.Release(is_shown=True)  # it takes them or not
    if page and solutions.KEY in page.meta:
        return solutions.release(page.meta[solutions.KEY], _source(page, config)[2], _now)
    value = config.extra.get(solutions.KEY, "shown")
    return solutions.release(value, f"{Path(config.config_file_path).name}: extra", _now)


def take(pages: Iterable[str]) -> None:
    """Have these files be treated as the lesson's, of which a course has only some."""
    _taken.clear()
    _taken.update(pages)


def _race(files: Files) -> str | None:
    """The address of the page of the race; a course may be without."""
    page = files.get_file_from_path(hero.PAGE)
    return page.url if page else None


def _read_glossary(files: Files, config: MkDocsConfig) -> None:
    """Learn the terms of the site's glossary, if it has one."""
    file = files.get_file_from_path(glossary.PAGE)
    try:
        if file is None or _is_kept_out(file):
            _glossary.of_site(None)
        else:
            text = file.content_string
            _glossary.of_site(text, partial(places.where, text, _shown(config, file)))
    except BuildError as error:
        raise PluginError(str(error)) from error


def _with_terms(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """A page's content with links to the glossary; on paper there is nowhere to go."""
    file = files.get_file_from_path(glossary.PAGE)
    is_for_it = page.meta.get(glossary.KEY, True) and page.file.src_uri != glossary.PAGE
    if file is None or not is_for_it or config.extra.get(HANDOUT):
        return html
    return _glossary.linked(html, get_relative_url(file.url, page.url))


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


def _make_notebooks_whole(files: Files, config: MkDocsConfig) -> None:
    """Give the cells of notebooks ids, before mkdocs-jupyter reads them.

    Raises:
        BuildError: Files are no notebooks.
    """

    def make_whole(file: File) -> None:
        shown = _shown(config, file)
        try:
            text = file.content_string
        except UnicodeDecodeError as error:
            raise BuildError(f"{shown}:1: this is no text in UTF-8; save it so") from error
        whole = notebook_file.with_ids(text, shown)
        if whole is not None:
            copy = CACHE / "notebooks" / kept.key(text) / posixpath.basename(file.src_uri)
            kept.write_atomic(copy, whole.encode())
            file.abs_src_path = str(copy)

    written = [file for file in files if file.src_uri.endswith(".ipynb")]
    check_each([file for file in written if not _is_kept_out(file)], make_whole)


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
    said: words.Words
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
        language=str(config.extra["content_language"]),
        licence=config.copyright or "",
        address=config.site_url or "",
        day=words.moment(now.replace(hour=0, minute=0, second=0, tzinfo=UTC), _said),
        said=_said,
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


def _link_reader(page: Page, config: MkDocsConfig, files: Files) -> notebooks.Reader:
    """Reads a notebook's links as MkDocs 1.6 reads those of Markdown: it has no public way to."""
    reader = _RelativePathTreeprocessor(page.file, files, config)
    page.links_to_anchors = reader.links_to_anchors

    def read(link: str) -> str | None:
        if _left_out.leads_out(link):
            return None
        if link == posixpath.basename(page.file.src_uri):
            return link  # its own file, which lies beside the page
        return reader.path_to_url(link)

    return read


def _edit_link(page: Page, config: MkDocsConfig) -> str | None:
    """Where a page is edited: at the forge, else as the guide says; not one made or taken."""
    path = page.file.src_uri
    if page.file.generated_by or path in _taken:
        return None
    if config.edit_uri_template:
        return str(config.edit_uri_template).format(path=path)
    at_forge = _forge.edit_link(path) if _forge else None
    if at_forge or GUIDE in _left_out.pages:
        return at_forge
    return get_relative_url("instructors/authoring/#edit-a-page", page.url)


def _where_formula(text: str, path: str, tex: str) -> str:
    """Where a formula stands: on its page, or in what a page of the reference is made from."""
    found = places.first_of([(path, text)], tex)
    if not found and ":::" in text:
        docstrings = ((file.relative_to(ROOT).as_posix(), file.read_text("utf-8"))
                      for file in sorted(PYLIB.rglob("*.py")))  # fmt: skip
        found = places.first_of(docstrings, tex)
    return found or places.where(text, path, tex)


def _events(
    own: Sequence[Cell], read: Callable[[Path], str]
) -> dict[str, list[outputs.Event]] | str:
    """What the cells of a page put out, or what is wrong with them."""
    try:
        return outputs.run(own, CACHE / "outputs", read)
    except BuildError as error:
        return str(error)


def _worded(cell: Cell) -> Cell:
    """A cell whose title is an attribute, with the formulas in it as letters."""
    if "$" not in cell.title or not cell.is_learners:
        return cell
    title = _formulas.worded_title(cell.title)
    return replace(cell, settings={**cell.settings, "title": title})


def _is_kept_out(file: File) -> bool:
    """Whether a file on the disk is no part of the site that is built: `exclude_docs`, drafts."""
    is_draft = file.inclusion is InclusionLevel.DRAFT
    return file.inclusion is InclusionLevel.EXCLUDED or (is_draft and _command != "serve")


def _any(level: Any) -> bool:
    return True


def _source(page: Page, config: MkDocsConfig) -> tuple[str, str, str]:
    """A page's file as `begin` and `collect_notebook` take it: its text, its name, its path."""
    name = Path(page.file.src_uri).with_suffix("").as_posix()
    return page.file.content_string, name, _shown(config, page.file)


def _shown(config: MkDocsConfig, file: File) -> str:
    path = _place_of(Path(config.docs_dir), file.src_uri)
    return (path.relative_to(ROOT) if path.is_relative_to(ROOT) else path).as_posix()


def _place_of(docs: Path, page: str) -> Path:
    """The file that an author would open."""
    return (PAGES if page in _taken else docs) / page


def _generated(config: MkDocsConfig, name: str, content: bytes | Path) -> File:
    # No nav has to name the page that is made.
    inclusion = InclusionLevel.NOT_IN_NAV if name == prebuilt.NOTICES else InclusionLevel.UNDEFINED
    if isinstance(content, Path):
        return File.generated(config, name, abs_src_path=str(content), inclusion=inclusion)
    return File.generated(config, name, content=content, inclusion=inclusion)
