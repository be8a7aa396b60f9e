"""The settings that the lesson is built with, brought to every other site that names its plugin."""

from collections.abc import Container, Mapping
from difflib import get_close_matches
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import PluginCollection
from mkdocs.utils.yaml import yaml_load

from site_hooks.errors import BuildError
from site_hooks.paths import HOOKS, ROOT, SETTINGS

# Of the lesson's file, what any site needs; its nav and its names are its own.
SHARED = ("markdown_extensions", "extra_css", "extra_javascript", "extra", "validation",
          "copyright")  # fmt: skip
# What instructors set in `extra`, besides what Material reads there.
ISOLATION = "cross_origin_isolation"
SET = ("solutions", "embed", ISOLATION)
PLUGIN = THEME = "lesson"
MKDOCSTRINGS = "mkdocstrings"
SNIPPETS = "pymdownx.snippets"


def bring(config: MkDocsConfig) -> PluginCollection:
    """Give a site what it has not said itself; what it has said stays.

    Returns:
        The plugins that it has now besides its own, none of which has been told of the start.

    Raises:
        BuildError: The site has another theme, or MkDocs' own search, which the theme cannot use.
    """
    if config.theme.name != THEME:
        raise BuildError(
            f"mkdocs.yml: theme: the plugin lesson works with the theme lesson, not with "
            f"{config.theme.name}; write theme: lesson"
        )
    if "search" in config.plugins:
        raise BuildError(
            "mkdocs.yml: plugins: this theme needs material/search in place of search; "
            "write material/search, or leave it out: the plugin lesson brings it"
        )
    base = _lesson(config.plugins)
    config.markdown_extensions = [
        *dict.fromkeys([*base.markdown_extensions, *config.markdown_extensions])
    ]
    config.mdx_configs = base.mdx_configs | config.mdx_configs
    css = {str(one) for one in config.extra_css}
    config.extra_css = [*(s for s in base.extra_css if str(s) not in css), *config.extra_css]
    scripts = {str(one) for one in config.extra_javascript}
    config.extra_javascript = [
        *(one for one in base.extra_javascript if str(one) not in scripts),
        *config.extra_javascript,
    ]
    for key, value in base.extra.items():
        config.extra.setdefault(key, value)
    if config.validation == _validated({}).validation:  # MkDocs' own
        config.validation = base.validation
    if config.copyright is None:
        config.copyright = base.copyright
    for name, plugin in base.plugins.items():
        config.plugins[name] = plugin
    return base.plugins


def refuse_slips(extra: Mapping[str, object]) -> None:
    """Refuse a name that is nearly one of a setting: read as another, it would show solutions.

    Raises:
        BuildError: There is one, or isolation is neither on nor off.
    """
    for key in extra:
        plain = key.lower().replace("-", "_")
        if key not in SET and (meant := get_close_matches(plain, SET, n=1, cutoff=0.7)):
            raise BuildError(f"mkdocs.yml: extra.{key} is not read; extra.{meant[0]} is meant?")
    isolated = extra.get(ISOLATION, True)
    if not isinstance(isolated, bool):
        raise BuildError(f"mkdocs.yml: extra.{ISOLATION} is {isolated!r}; write true or false")


def nav() -> list[Any]:
    """The lesson's own navigation, as its file has it."""
    found: list[Any] = _read()["nav"]
    return found


def _read() -> dict[str, Any]:
    found: dict[str, Any] = yaml_load(SETTINGS.read_text("utf-8"))
    return found


def _lesson(without: Container[str]) -> MkDocsConfig:
    """The shared settings, validated, with the plugins that are not there yet."""
    raw = _read()
    plugins = dict(next(iter(one.items())) if isinstance(one, dict) else (one, {})
                   for one in raw["plugins"])  # fmt: skip
    documented = plugins[MKDOCSTRINGS]
    documented["custom_templates"] = str(ROOT / documented["custom_templates"])
    documented["handlers"]["python"]["paths"] = [str(ROOT)]
    brought = {
        name: settings
        for name, settings in plugins.items()
        if name != PLUGIN and name not in without
    }
    base = _validated({key: raw[key] for key in SHARED} | {"plugins": brought})
    snippets = base.mdx_configs[SNIPPETS]
    snippets["base_path"] = [*(str(ROOT / place) for place in snippets["base_path"]), "."]
    return base


def _validated(raw: Mapping[str, Any]) -> MkDocsConfig:
    """Settings as MkDocs makes them of what a file says, with no plugin that it does not name."""
    config = MkDocsConfig()
    config.load_dict({"site_name": PLUGIN, "docs_dir": str(HOOKS), "plugins": {}, **raw})
    errors, _ = config.validate()
    if errors:
        raise BuildError(f"{SETTINGS}: " + "; ".join(f"{key}: {why}" for key, why in errors))
    return config
