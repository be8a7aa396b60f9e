"""The theme in Chromium, on three pages built with the site's own configuration."""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from bench.site import wait_until
from tests.browser.conftest import FLAGS, FRAMES, chromium_path, secure
from tests.conftest import LESSON
from tests.conftest import PAGES as PAGES_OF_DOCS
from tests.lesson import is_unchanged

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent / "theme"
SITE = ROOT / "site"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PAGES = ("", "losses/mse/", "losses/huber/")

# The lesson's own, whatever a course has made of it.
LOOK = {
    "language": "en",
    "logo": None,
    "favicon": "assets/images/favicon.svg",
    "icon": {"logo": "lesson/logo"},
    "palette": [
        {"media": f"(prefers-color-scheme{when})", "scheme": scheme, "primary": "custom",
         "accent": "custom", "toggle": {"icon": "material/theme-light-dark", "name": name}}
        for when, scheme, name in (
            ("", "default", "Use the light scheme"),
            (": light", "default", "Use the dark scheme"),
            (": dark", "slate", "Use the system's scheme"),
        )
    ],
}  # fmt: skip


def build(
    folder: Path, site_url: str, docs: Path = HERE / "docs"
) -> subprocess.CompletedProcess[str]:
    """Builds `docs` into `folder` with the repository's mkdocs.yml, save what only cells need."""
    settings = {
        "INHERIT": str(ROOT / "mkdocs.yml"),
        "site_url": site_url,
        "docs_dir": str(docs),
        "site_dir": str(folder),
        "site_name": "Loss Functions & Optimizers",
        "theme": LOOK,
        "hooks": [str(HERE / "hooks.py")],
        "plugins": ["material/search"],
        "watch": [],
        "extra_css": [],
        "extra_javascript": [],
        "extra": {"footer": ["losses/huber.md"]},
        "nav": [
            {"The training loop": "index.md"},
            {"Losses": ["losses/mse.md", "losses/huber.md"]},
        ],
    }
    config = folder.with_suffix(".yml")
    config.write_text(json.dumps(settings), encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "--config-file", str(config)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two builds: one knows no address of its own, one a wrong one."""
    root = tmp_path_factory.mktemp("theme")
    for name, site_url in {"none": "", "foreign": "https://elsewhere.example/course/"}.items():
        done = build(root / name, site_url)
        assert done.returncode == 0, done.stderr
    secure(root)
    return {folder.name: folder for folder in root.iterdir() if folder.is_dir()}


@pytest.fixture(scope="session")
def sites(folders: dict[str, Path], serve: Callable[[Path], str]) -> dict[str, str]:
    """The builds' addresses, in subfolders of a host."""
    host = serve(folders["none"].parent)
    return {name: f"{host}/{name}/" for name in folders}


@pytest.fixture(scope="session")
def site(sites: dict[str, str]) -> str:
    return sites["none"]


def show(page: Page, address: str) -> None:
    """Opens a page; returns when it is laid out with its own fonts and its scripts saw it so."""
    page.goto(address)
    page.evaluate("async () => { await document.fonts.ready }")
    page.evaluate(FRAMES)


@pytest.mark.parametrize("name", ["none", "foreign"])
def test_pages_change_in_place_wherever_the_site_lies(
    page: Page, sites: dict[str, str], name: str
) -> None:
    page.goto(f"{sites[name]}losses/mse/")
    page.evaluate("window.kept = true")
    page.locator(".md-nav--primary").get_by_role("link", name="Huber loss").click()
    expect(page.locator("h1")).to_contain_text("Huber loss")
    page.get_by_role("link", name="Previous").click()
    expect(page.locator("h1")).to_contain_text("Mean squared error")
    page.locator(".md-nav--primary").get_by_role("link", name="The training loop").click()
    expect(page.locator("h1")).to_contain_text("Loss functions and optimizers")
    page.go_back()
    expect(page.locator("h1")).to_contain_text("Mean squared error")
    assert page.evaluate("window.kept")


@pytest.mark.parametrize("address", PAGES)
def test_only_the_own_origin_is_asked(page: Page, site: str, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site + address, wait_until="networkidle")
    schemes = ("blob", "data")
    hosts = {urlsplit(url).netloc for url in asked if urlsplit(url).scheme not in schemes}
    assert hosts == {urlsplit(site).netloc}


@pytest.mark.parametrize("width", [360, 1600])
@pytest.mark.parametrize("address", PAGES)
def test_no_page_scrolls_sideways(browser: Browser, site: str, address: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    show(page, site + address)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_what_is_too_wide_scrolls_inside_itself_and_can_be_reached_by_keyboard(
    browser: Browser, site: str
) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 800})
    show(page, f"{site}losses/mse/")
    for box in (page.locator("div.arithmatex").first, page.locator(".md-typeset__scrollwrap")):
        expect(box).to_have_attribute("tabindex", "0")
        assert box.evaluate("box => box.scrollWidth > box.clientWidth")
    page.set_viewport_size({"width": 1600, "height": 800})
    expect(page.locator(".md-typeset__scrollwrap")).not_to_have_attribute("tabindex", "0")
    page.close()


def test_an_old_browser_is_told_so_and_shows_the_page(browser: Browser, site: str) -> None:
    page = browser.new_page()
    page.add_init_script("delete WebAssembly.Exception; delete window.structuredClone")
    page.goto(f"{site}losses/mse/")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("it lacks WebAssembly with exceptions, JavaScript of 2022")
    expect(alert).to_contain_text("Safari 16.4")
    expect(page.locator("html")).to_have_attribute("data-unsupported", "")
    expect(page.locator("h1")).to_be_visible()
    page.close()


def test_a_browser_of_today_is_told_nothing(page: Page, site: str) -> None:
    page.goto(site)
    expect(page.get_by_role("alert")).to_have_count(0)
    assert page.evaluate("'unsupported' in document.documentElement.dataset") is False


def test_a_page_opened_as_a_file_says_how_to_serve_it(
    browser: Browser, folders: dict[str, Path]
) -> None:
    page = browser.new_page()
    page.goto((folders["none"] / "index.html").as_uri())
    expect(page.get_by_role("alert")).to_contain_text("python3 -m http.server")
    page.close()


def test_a_frame_that_allows_scripts_alone_says_what_it_lacks(browser: Browser, site: str) -> None:
    page = browser.new_page()
    frame = f'<iframe sandbox="allow-scripts" src="{site}losses/mse/"></iframe>'
    page.route("**/course.html", lambda route: route.fulfill(body=frame, content_type="text/html"))
    page.goto(f"{site}course.html")
    alert = page.frame_locator("iframe").get_by_role("alert")
    expect(alert).to_have_count(1)
    expect(alert).to_contain_text("sandbox=“allow-scripts allow-same-origin")
    page.wait_for_load_state("networkidle")
    expect(alert).to_have_count(1)
    page.close()


@pytest.fixture
def without_storage(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """A page of a browser that blocks storage. An exception in its scripts fails the test."""
    settings = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (tmp_path / "Default").mkdir()
    (tmp_path / "Default" / "Preferences").write_text(json.dumps(settings), "utf-8")
    context = browser.browser_type.launch_persistent_context(
        str(tmp_path), executable_path=chromium_path(), args=FLAGS
    )
    page = context.pages[0]
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors


def test_search_and_the_scheme_do_without_storage(without_storage: Page, site: str) -> None:
    page = without_storage
    page.goto(site)
    assert page.evaluate("'standIn' in localStorage && 'standIn' in sessionStorage")
    page.get_by_title("Use the light scheme").click()
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "default")
    page.get_by_title("Use the dark scheme").click()
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    page.get_by_role("textbox", name="Search").press_sequentially("absolute")
    expect(page.locator(".md-search-result__item").first).to_contain_text("Huber loss")


def test_the_search_index_is_fetched_by_those_who_search(page: Page, site: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site, wait_until="networkidle")
    assert not [url for url in asked if url.endswith("search_index.json")]
    page.get_by_role("textbox", name="Search").press_sequentially("absolute")
    expect(page.locator(".md-search-result__item").first).to_contain_text("Huber loss")


def test_a_result_opens_with_its_words_marked(page: Page, site: str) -> None:
    page.goto(f"{site}losses/huber/?h=absolute")
    expect(page.locator("article mark").first).to_have_text("absolute")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", PAGES)
def test_axe_finds_nothing(browser: Browser, site: str, address: str, scheme: str) -> None:
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    page = context.new_page()
    show(page, site + address)
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run().then(results => results.violations)")
    assert not [(rule["id"], rule["nodes"][0]["html"]) for rule in found]
    context.close()


def test_print_is_light(browser: Browser, site: str) -> None:
    page = browser.new_page(color_scheme="dark")
    page.goto(f"{site}losses/mse/")
    colour = "getComputedStyle(document.body).backgroundColor"
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    assert page.evaluate(colour) == "rgb(20, 23, 31)"
    page.emulate_media(media="print")
    assert page.evaluate(colour) == "rgb(255, 255, 255)"
    page.close()


def test_nothing_moves_for_those_who_ask_for_that(browser: Browser, site: str) -> None:
    page = browser.new_page(reduced_motion="reduce")
    page.goto(site)
    running = "document.getAnimations().filter(one => one.playState === 'running').length"
    wait_until(page, f"{running} === 0", seconds=1)
    page.close()


def test_a_missing_page_leads_back_to_the_lesson(browser: Browser, site: str) -> None:
    page = browser.new_page()
    text = page.request.get(f"{site}404.html").text()
    page.route("**/gone/", lambda route: route.fulfill(body=text, content_type="text/html"))
    page.goto(f"{site}losses/gone/")
    expect(page.get_by_role("link", name="first page")).to_have_attribute("href", site)
    page.close()


def test_a_link_of_the_front_page_to_no_page_stops_the_build(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    text = (HERE / "docs" / "index.md").read_text(encoding="utf-8")
    (docs / "index.md").write_text(text, encoding="utf-8")
    done = build(tmp_path / "site", "", docs)
    assert done.returncode != 0
    assert "no page losses/" in done.stderr
    assert "(linked from index.md)" in done.stderr


@pytest.mark.skipif(not is_unchanged(), reason="a course may have a heavier front page")
def test_the_front_page_of_the_lesson_is_light(
    browser: Browser, serve: Callable[[Path], str]
) -> None:
    assert (SITE / "index.html").exists(), "build the site first: npm run build"
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    sizes: dict[str, int] = {}

    def weigh(response: Response) -> None:
        body = response.body()
        packed = response.url.endswith((".woff2", ".png"))
        sizes[response.url] = len(body) if packed else len(gzip.compress(body))

    page.on("response", weigh)
    page.goto(serve(SITE), wait_until="networkidle")
    page.close()
    # The front page has the names of all pages, and their addresses.
    added = [path for path in PAGES_OF_DOCS if path not in LESSON]
    assert sum(sizes.values()) <= 300_000 + 150 * len(added), sizes
