"""The lesson's own way from Markdown to cells, for every test that needs cells."""

from collections.abc import Callable
from pathlib import Path

import markdown
import pytest
from mkdocs.config import load_config

from site_hooks.content import cells
from site_hooks.content.cells import Cell
from site_hooks.content.fences import Fences
from tests import lesson

DOCS = Path("docs")
# Every page: it must run and validate.
PAGES = sorted([*DOCS.rglob("*.md"), *DOCS.rglob("*.ipynb")])
# The lesson's own, which have its style besides.
LESSON = [path for path in PAGES if path.relative_to(DOCS).as_posix() in lesson.OWN]

Collect = Callable[[str, str, str], list[Cell]]


# What takes long comes first: at the end, no worker waits long for another.
LONG = ("browser", "docs", "test_changed_lesson.py", "pylib/test_teaching_results.py")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Tells of a failure at once where workers share the tests: a run may be cut off."""
    if report.outcome in ("failed", "rerun") and hasattr(report, "node"):
        print(f"\n{report.nodeid} failed:\n{report.longreprtext}\n", flush=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sorts tests, and skips those about pages that a course leaves out or has rewritten."""
    here = Path(__file__).parent
    items.sort(key=lambda item: not any(item.path.is_relative_to(here / name) for name in LONG))
    for item in items if lesson.GONE else ():
        missing = lesson.named_by(item) if isinstance(item, pytest.Function) else set()
        if missing:
            why = f"about {', '.join(sorted(missing))}, not in this course as it was"
            item.add_marker(pytest.mark.skip(reason=why))


@pytest.fixture(scope="session")
def fences() -> Fences:
    """What takes the fences of one page after the other."""
    return Fences()


@pytest.fixture(scope="session")
def collect(fences: Fences) -> Collect:
    """The cells of a page's Markdown, as a build of the lesson finds them."""
    config = load_config("mkdocs.yml")
    settings = config.mdx_configs
    extensions = fences.added_to(config.markdown_extensions, settings)

    def convert(text: str, page: str, path: str) -> list[Cell]:
        fences.begin(text, page, path)
        converter = markdown.Markdown(extensions=extensions, extension_configs=settings)
        return fences.end(converter.convert(text))

    return convert


@pytest.fixture
def own(path: Path, collect: Collect) -> list[Cell]:
    """The cells of the page of the lesson that a test is about."""
    page = path.relative_to(DOCS).with_suffix("").as_posix()
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        return list(cells.collect_notebook(text, page, str(path)).values())
    return collect(text, page, str(path))
