"""What a course's few lines of mkdocs.yml become: the lesson's settings, its own before them."""

from pathlib import Path

import pytest
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig

from site_hooks import settings
from site_hooks.errors import BuildError

FEW = "site_name: A course\ntheme: lesson\nplugins: [lesson]\n"
LESSON = load_config("mkdocs.yml")


def course(folder: Path, text: str) -> MkDocsConfig:
    (folder / "docs").mkdir()
    (folder / "mkdocs.yml").write_text(text, encoding="utf-8")
    return load_config(str(folder / "mkdocs.yml"))


def test_a_few_lines_are_enough(tmp_path: Path) -> None:
    config = course(tmp_path, FEW)
    brought = settings.bring(config)
    assert config.markdown_extensions == LESSON.markdown_extensions
    assert config.mdx_configs.keys() == LESSON.mdx_configs.keys()
    assert {*config.plugins} == {*LESSON.plugins} == {*brought, "lesson"}
    assert config.extra_css == LESSON.extra_css
    assert list(map(str, config.extra_javascript)) == list(map(str, LESSON.extra_javascript))
    assert config.validation == LESSON.validation
    assert config.extra == LESSON.extra
    assert config.copyright == LESSON.copyright
    assert (config.site_name, config.nav, config.strict) == ("A course", None, False)
    assert config.theme["features"] == LESSON.theme["features"]
    assert config.theme["palette"] == LESSON.theme["palette"]


def test_files_that_settings_name_are_found_from_any_folder(tmp_path: Path) -> None:
    config = course(tmp_path, FEW)
    settings.bring(config)
    documented = config.plugins["mkdocstrings"].config
    folders = [documented["custom_templates"], *documented["handlers"]["python"]["paths"]]
    folders += config.mdx_configs["pymdownx.snippets"]["base_path"][:-1]
    assert all(Path(folder).is_absolute() and Path(folder).is_dir() for folder in folders)


def test_what_a_course_says_itself_stays(tmp_path: Path) -> None:
    text = (
        "site_name: A course\ntheme:\n  name: lesson\n  features: [navigation.tabs]\n"
        "plugins:\n  - material/search:\n      lang: de\n  - lesson\n"
        "markdown_extensions:\n  - abbr\n  - toc:\n      title: Inhalt\n"
        "extra_css: [mine.css]\nextra: {cross_origin_isolation: false, mine: 1}\n"
        "validation: {links: {not_found: info}}\ncopyright: Mine\n"
    )
    config = course(tmp_path, text)
    own = config.validation
    search = config.plugins["material/search"]
    settings.bring(config)
    assert config.plugins["material/search"] is search
    assert search.config["lang"] == ["de"]
    assert config.theme["features"] == ["navigation.tabs"]
    assert "abbr" in config.markdown_extensions
    assert "admonition" in config.markdown_extensions
    assert config.mdx_configs["toc"] == {"title": "Inhalt"}
    assert config.extra_css == [*LESSON.extra_css, "mine.css"]
    assert config.extra["cross_origin_isolation"] is False
    assert config.extra["mine"] == 1
    assert config.extra["generator"] is False
    assert config.validation is own
    assert config.copyright == "Mine"


def test_the_lesson_s_own_site_is_left_as_it_is() -> None:
    config = load_config("mkdocs.yml")
    assert not settings.bring(config)
    for key in ("markdown_extensions", "mdx_configs", "extra_css", "extra", "copyright", "nav"):
        assert config[key] == LESSON[key], key
    assert [*config.plugins] == [*LESSON.plugins]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (FEW.replace("[lesson]", "[search, lesson]"), "write material/search"),
        (FEW.replace("theme: lesson", "theme: material"), "write theme: lesson"),
    ],
)
def test_what_cannot_work_is_refused_with_what_to_write(
    tmp_path: Path, text: str, words: str
) -> None:
    config = course(tmp_path, text)
    with pytest.raises(BuildError, match=words):
        settings.bring(config)


@pytest.mark.parametrize(
    "slip", ["solution", "Solutions", "embeds", "embedding", "cross-origin-isolation"]
)
def test_a_setting_with_a_slip_is_refused_and_the_right_name_said(slip: str) -> None:
    with pytest.raises(BuildError, match=f"extra.{slip} is not read; extra.[a-z_]+ is meant"):
        settings.refuse_slips({"generator": False, slip: "never"})


def test_isolation_is_on_or_off() -> None:
    with pytest.raises(BuildError, match="cross_origin_isolation is 'no'; write true or false"):
        settings.refuse_slips({"cross_origin_isolation": "no"})


def test_names_of_others_are_let_be() -> None:
    material = ["homepage", "social", "version", "status", "consent", "alternate", "analytics"]
    settings.refuse_slips({**dict.fromkeys(material), "solutions": "never", "embed": "any"})
