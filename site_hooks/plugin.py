"""The MkDocs plugin `lesson`: every event goes to hooks.py; a course takes pages of the lesson."""

from pathlib import Path
from typing import Literal

from mkdocs.config import config_options as c
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, CombinedEvent, event_priority
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.utils import nest_paths

from site_hooks import hooks, kept, settings
from site_hooks.assets import prebuilt
from site_hooks.content import taken
from site_hooks.errors import BuildError
from site_hooks.paths import PAGES

PAGE = (".md", ".ipynb")


class Settings(Config):  # type: ignore[no-untyped-call]  # MkDocs 1.6 lacks some types
    """What mkdocs.yml says below `lesson`."""

    pages = c.ListOfItems(c.Type(str), default=[])


class LessonPlugin(BasePlugin[Settings]):  # type: ignore[no-untyped-call]
    """Builds a site with cells, and gives a course the pages of the lesson that it asks for."""

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        """Remember what the site is built for."""
        self._command: Literal["build", "gh-deploy", "serve"] = command
        self._dirty = dirty
        hooks.on_startup(command, dirty)

    @event_priority(200)
    def _bring_settings(self, config: MkDocsConfig) -> MkDocsConfig:
        """Before any other plugin looks at them."""
        try:
            brought = settings.bring(config)
        except BuildError as error:
            raise PluginError(str(error)) from error
        brought.on_startup(command=self._command, dirty=self._dirty)
        return config

    @event_priority(200)
    def _take_pages(self, files: Files, config: MkDocsConfig) -> Files:
        """Before any other plugin sees the files."""
        if not self.config.pages:
            hooks.take([])
            return files
        order = taken.in_order(settings.nav())
        held = [path.relative_to(PAGES).as_posix() for path in kept.tree(PAGES)]
        pages = [name for name in held if name.endswith(PAGE)]
        pages.sort(key=lambda name: (order.index(name) if name in order else len(order), name))
        found = [file for file in files if file.src_uri.endswith(PAGE)]
        own = [file.src_uri for file in found]
        try:
            wanted = [name for name in taken.chosen(self.config.pages, pages) if name not in own]
        except BuildError as error:
            raise PluginError(str(error)) from error
        others = [n for n in held if n not in pages and files.get_file_from_path(n) is None]
        for name in [*wanted, *others]:
            is_linked = config.nav is None and name in order
            files.append(_file(name, config, is_linked))
        hooks.take(wanted)
        there = {*own, *wanted, prebuilt.NOTICES}
        if config.nav is None:
            hidden = (InclusionLevel.EXCLUDED, InclusionLevel.DRAFT, InclusionLevel.NOT_IN_NAV)
            shown = [file.src_uri for file in found if file.inclusion not in hidden]
            first = nest_paths(shown)  # type: ignore[no-untyped-call]
            config.nav = [*first, *taken.navigation(settings.nav(), there - {*own})]
        return files

    on_config = CombinedEvent(_bring_settings, staticmethod(hooks.on_config))
    on_files = CombinedEvent(_take_pages, *map(staticmethod, hooks.on_files.methods))
    on_page_markdown = staticmethod(hooks.on_page_markdown)
    on_page_content = staticmethod(hooks.on_page_content)
    on_env = staticmethod(hooks.on_env)
    on_page_context = CombinedEvent(*map(staticmethod, hooks.on_page_context.methods))
    on_post_page = staticmethod(hooks.on_post_page)
    on_post_build = staticmethod(hooks.on_post_build)
    on_build_error = staticmethod(hooks.on_build_error)
    on_serve = staticmethod(hooks.on_serve)


def _file(name: str, config: MkDocsConfig, is_linked: bool) -> File:
    """One of the lesson's; a nav that does not name what always comes along is right."""
    is_implied = str(Path(name).with_suffix("")) in taken.ALWAYS
    inclusion = InclusionLevel.UNDEFINED
    if is_implied and not is_linked:
        inclusion = InclusionLevel.NOT_IN_NAV
    return File(name, str(PAGES), config.site_dir, config.use_directory_urls, inclusion=inclusion)
