"""What the theme needs of a build without cells: type, formulas, opening line, figure."""

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from site_hooks import words
from site_hooks.assets import npm_files
from site_hooks.content import formulas, hero, interface, standfirst


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """The front page's figure, and words."""
    said = words.of(str(config.theme["language"]))
    config.extra["words"] = said
    interface.name_switches(config.theme["palette"], said)
    interface.name_contents(config.mdx_configs, said)
    config.extra["hero"] = hero.figure()
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Type and KaTeX's style sheet."""
    for name, content in npm_files.assets().items():
        if isinstance(content, Path):
            files.append(File.generated(config, name, abs_src_path=str(content)))
        else:
            files.append(File.generated(config, name, content=content))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """The line below the title."""
    return standfirst.add(markdown, page.meta)


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Formulas."""
    own = formulas.Formulas()
    marked = own.taken(html, lambda tex: page.file.src_uri)
    own.draw()
    return own.put(marked)
