"""The tab with a cell's PyTorch code: by mouse and keyboard, copied, on paper, without script."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.test_cell import cell, editor, expect_state, press

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def site(fake_python: Path, serve: Callable[[Path], str]) -> str:
    return f"{serve(fake_python)}/twins.html"


@pytest.fixture
def cells(page: Page, site: str) -> Page:
    page.goto(site)
    return page


def tab(page: Page, name: str, label: str = "PyTorch") -> Locator:
    return cell(page, name).get_by_role("tab", name=label)


def twin(page: Page, name: str) -> Locator:
    return cell(page, name).get_by_role("tabpanel", name="PyTorch")


def test_the_tab_shows_the_code_and_the_other_one_the_editor(cells: Page) -> None:
    tab(cells, "data").click()
    expect(twin(cells, "data").locator("code")).to_have_text(re.compile(r'make_line\nx = "<b>"$'))
    expect(twin(cells, "data").locator("span.kn").first).to_be_visible()
    expect(editor(cells, "data")).to_be_hidden()
    expect(tab(cells, "data")).to_have_attribute("aria-selected", "true")
    tab(cells, "data", "pylib").click()
    expect(editor(cells, "data")).to_be_visible()
    expect(twin(cells, "data")).to_be_hidden()
    expect(cell(cells, "plain").get_by_role("tab")).to_have_count(0)


def test_nothing_is_fetched_until_the_tab_is_opened_and_then_once(page: Page, site: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    page.goto(site)
    expect(tab(page, "data")).to_be_visible()
    assert "in-pytorch.html" not in asked
    for name in ("data", "use"):
        cell(page, name).scroll_into_view_if_needed()
        tab(page, name).click()
        expect(twin(page, name).locator("code")).to_be_visible()
    assert asked.count("in-pytorch.html") == 1


def test_a_page_whose_cells_have_none_loads_nothing_for_them(page: Page, site: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    page.goto(site.replace("twins", "needs"))
    expect(page.locator(".cm-content").first).to_be_visible()
    assert not [name for name in asked if name.startswith("twin")]
    page.goto(site)
    expect(tab(page, "data")).to_be_visible()
    assert [name for name in asked if name.startswith("twin")]


def test_tabs_go_by_arrow_keys(cells: Page) -> None:
    own, torch = tab(cells, "data", "pylib"), tab(cells, "data")
    own.focus()
    cells.keyboard.press("ArrowRight")
    expect(torch).to_be_focused()
    expect(twin(cells, "data").locator("code")).to_be_visible()
    cells.keyboard.press("ArrowRight")
    expect(own).to_be_focused()
    cells.keyboard.press("ArrowLeft")
    expect(torch).to_be_focused()
    cells.keyboard.press("Home")
    expect(own).to_be_focused()
    cells.keyboard.press("End")
    expect(torch).to_be_focused()
    expect(own).to_have_attribute("tabindex", "-1")
    cells.keyboard.press("Tab")
    expect(twin(cells, "data").locator("pre")).to_be_focused()


def test_a_run_shows_the_code_that_runs(cells: Page) -> None:
    tab(cells, "data").click()
    expect(twin(cells, "data").locator("code")).to_be_visible()
    press(cells, "data", "Run")
    expect_state(cells, "data", "done")
    expect(tab(cells, "data", "pylib")).to_have_attribute("aria-selected", "true")
    expect(editor(cells, "data")).to_be_visible()


def test_copy_gives_the_code_and_says_what_it_comes_after(page: Page, site: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(site)
    cell(page, "use").scroll_into_view_if_needed()
    tab(page, "use").click()
    twin(page, "use").get_by_role("button", name="Copy").click()
    status = twin(page, "use").get_by_role("status")
    expect(status).to_contain_text("The code is copied. It comes after the PyTorch code of “Where")
    assert page.evaluate("navigator.clipboard.readText()") == "print(x)\n"


def test_download_gives_a_script_with_all_that_it_needs(cells: Page, site: str) -> None:
    cell(cells, "use").scroll_into_view_if_needed()
    tab(cells, "use").click()
    with cells.expect_download() as download:
        twin(cells, "use").get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == "use-pytorch.py"
    root = site.rpartition("/")[0]
    assert Path(download.value.path()).read_text("utf-8") == (
        f"# Twins, in PyTorch: {site}\n"
        "# pip install torch numpy matplotlib\n"
        f"# pip install {root}/download/pylib-1-py3-none-any.whl\n\n"
        '# Where it <starts>\nfrom pylib.data import make_line\nx = "<b>"\n\n\n'
        "# A step\nprint(x)\n"
    )


def test_folded_code_has_its_tabs_once_it_is_opened(cells: Page) -> None:
    expect(tab(cells, "data")).to_be_visible()
    expect(tab(cells, "folded")).to_be_hidden()
    press(cells, "folded", "Show code")
    tab(cells, "folded").click()
    expect(twin(cells, "folded").locator("code")).to_have_text("print(3)")


def test_code_that_does_not_come_is_said_and_asked_for_again(page: Page, site: str) -> None:
    page.route("**/in-pytorch.html", lambda route: route.abort())
    page.goto(site)
    tab(page, "data").click()
    expect(twin(page, "data")).to_contain_text("The PyTorch code did not come. Open its page")
    page.unroute("**/in-pytorch.html")
    tab(page, "data").click()
    expect(twin(page, "data").locator("code")).to_be_visible()


def test_without_script_a_link_leads_to_it(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site)
    page.locator("a.cell-twin").first.click()
    expect(page).to_have_url(re.compile(r"/in-pytorch\.html#data$"))
    expect(page.locator("section#data code")).to_be_visible()
    context.close()


def test_with_script_the_link_gives_way_to_the_tabs(cells: Page) -> None:
    expect(tab(cells, "data")).to_be_visible()
    expect(cells.locator("a.cell-twin").first).to_be_hidden()


def test_on_paper_the_chosen_code_stands_without_its_buttons(cells: Page) -> None:
    tab(cells, "data").click()
    expect(twin(cells, "data").locator("code")).to_be_visible()
    cells.emulate_media(media="print")
    expect(twin(cells, "data").locator("code")).to_be_visible()
    expect(tab(cells, "data")).to_be_hidden()
    expect(twin(cells, "data").get_by_role("button", name="Copy")).to_be_hidden()
    expect(cells.locator("a.cell-twin").last).to_be_hidden()


@pytest.mark.parametrize("scheme", ["default", "slate"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_and_nothing_sticks_out(cells: Page, width: int, scheme: str) -> None:
    cells.set_viewport_size({"width": width, "height": 800})
    cells.evaluate("(scheme) => { document.body.dataset.mdColorScheme = scheme }", scheme)
    tab(cells, "data").click()
    expect(twin(cells, "data").locator("code")).to_be_visible()
    assert cells.evaluate("document.documentElement.scrollWidth") <= width
    cells.evaluate((ROOT / "node_modules/axe-core/axe.min.js").read_text("utf-8"))
    faults = cells.evaluate(
        """async () => (await axe.run(".cell")).violations.map((v) =>
           v.id + ": " + v.nodes.map((n) => n.html).join(" "))"""
    )
    assert faults == []
