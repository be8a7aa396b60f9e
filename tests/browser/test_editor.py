"""The editor's help, before a stand-in for Python: names, parameters, search, folding, size."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from bench.site import wait_until
from tests.browser.test_cell import (
    cell,
    editor,
    expect_state,
    lines,
    offers,
    output,
    press,
    run,
    type_slowly,
    write,
)

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def site(fake_python: Path, serve: Callable[[Path], str]) -> str:
    """A page of cells; returns its address."""
    return serve(fake_python)


@pytest.fixture
def cells(page: Page, site: str) -> Page:
    """The page of cells, freshly opened."""
    page.goto(site)
    return page


def parameters(page: Page) -> Locator:
    return page.locator(".cm-parameters")


def choose(page: Page, name: str, action: str) -> None:
    press(page, name, "More")
    page.get_by_role("menuitem", name=action).click()


def test_nothing_of_the_help_is_fetched_before_a_learner_types(page: Page, site: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    page.goto(site)
    editor(page, "use-w").wait_for()
    assert "editor-help.js" not in asked
    editor(page, "use-w").click()
    script = "new URL('assets/client/editor-help.js', location)"
    wait_until(page, f"performance.getEntriesByName({script}).length")
    assert "names.json" not in asked
    page.keyboard.press("ControlOrMeta+End")
    type_slowly(page, "\nnp.lin")
    expect(offers(page)).to_be_visible()
    assert asked.count("names.json") == 1
    assert not [name for name in asked if name.endswith((".pack", ".wasm"))]


def test_names_of_the_libraries_are_offered_before_python_is_there(cells: Page) -> None:
    write(cells, "other-session", "import numpy as np\n")
    type_slowly(cells, "np.linsp")
    option = offers(cells).get_by_role("option", name="linspace", exact=True)
    expect(option).to_be_visible()
    info = cells.locator(".cm-completionInfo")
    expect(info).to_contain_text("linspace(start, stop, num=50")
    expect(info).to_contain_text("evenly spaced numbers")
    cells.keyboard.press("Tab")
    assert lines(cells, "other-session") == ["import numpy as np", "np.linspace"]
    expect_state(cells, "make-w", "idle")


@pytest.mark.parametrize(
    ("code", "typed", "wanted"),
    [
        ("", "HuberL", "HuberLosspylib.losses"),
        ("from pylib.optimizers import Adam\nopt = Adam([w])\n", "opt.st", "step"),
        ("fig, ax = plt.subplots()\n", "ax.set_tit", "set_title"),
        ("", "from pylib.schedules import Cos", "CosineAnnealingLR"),
        ("", "from pylib.schedules import ", "CosineAnnealingLR"),
        ("", "from pylib.optimizers import SGD, Ad", "Adam"),
        ("from pylib.optimizers import (\n    SGD,\n", "Ad", "Adam"),
        ("", "from pylib.los", "losses"),
        ("", "import numpy as np, jso", "json"),
        ("", "from math import sq", "sqrt"),
        ("from pylib.optimizers import Adam\n", "Adam([w], weight_d", "weight_decay="),
    ],
    ids=[
        *("pylib", "object", "axes", "import", "all", "second", "lines", "module", "standard"),
        *("of-standard", "parameter"),
    ],
)
def test_what_is_offered(cells: Page, code: str, typed: str, wanted: str) -> None:
    write(cells, "other-session", code)
    type_slowly(cells, typed)
    expect(offers(cells).get_by_role("option", name=wanted, exact=True)).to_be_visible()


def labels(page: Page) -> list[str]:
    expect(offers(page)).to_be_visible()
    return offers(page).locator(".cm-completionLabel").all_inner_texts()


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("from pylib.los", ["losses"]),
        ("import jso", ["json"]),
        ("from pylib.optimizers import Adadel", ["Adadelta"]),
        ("weig", ["weights"]),
    ],
)
def test_no_word_is_offered_twice_nor_the_one_that_is_typed(
    cells: Page, typed: str, wanted: list[str]
) -> None:
    write(cells, "make-w", "weights = 1")
    run(cells, "make-w")
    write(cells, "use-w", "weights = 2\n")
    type_slowly(cells, typed)
    shown = labels(cells)
    assert shown[: len(wanted)] == wanted
    assert len(shown) == len(set(shown))
    assert re.split(r"\W+", typed)[-1] not in shown


@pytest.mark.parametrize(
    "code", ["pass", "x = 1\nx", "import numpy as nump", "weights = 2\nweights", "f(x).lin"]
)
def test_what_is_written_out_is_not_offered(cells: Page, code: str) -> None:
    write(cells, "other-session", "")
    type_slowly(cells, code)
    cells.wait_for_timeout(300)
    expect(offers(cells)).to_have_count(0)


@pytest.mark.parametrize("key", ["ControlOrMeta+Enter", "Shift+Enter"])
@pytest.mark.parametrize("pause", [0, 400])
def test_a_run_closes_what_is_offered(cells: Page, key: str, pause: int) -> None:
    write(cells, "use-w", "")
    type_slowly(cells, "np.lins")
    expect(offers(cells)).to_be_visible()
    cells.keyboard.type("pa")
    cells.wait_for_timeout(pause)
    cells.keyboard.press("Backspace")
    cells.keyboard.press(key)
    cells.wait_for_timeout(300)
    expect(offers(cells)).to_have_count(0)


@pytest.mark.parametrize("lines_below", [0, 30])
def test_on_a_phone_what_a_name_does_stands_beside_the_list_of_names(
    cells: Page, lines_below: int
) -> None:
    cells.set_viewport_size({"width": 360, "height": 640})
    write(cells, "other-session", "x = 1" + "\n" * lines_below)
    type_slowly(cells, "\nnp.linal")
    info = cells.locator(".cm-completionInfo")
    expect(info).to_contain_text("The NumPy linear algebra functions")
    box, names = info.bounding_box(), offers(cells).locator("ul").bounding_box()
    assert box and names
    assert box["y"] >= names["y"] + names["height"] or box["y"] + box["height"] <= names["y"]
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360


def test_a_cell_knows_what_another_cell_of_its_session_imports(cells: Page) -> None:
    write(cells, "make-w", "import numpy as other")
    write(cells, "use-w", "")
    type_slowly(cells, "other.aran")
    expect(offers(cells).get_by_role("option", name="arange", exact=True)).to_be_visible()


def test_the_learners_variables_are_offered_once_python_has_them(cells: Page) -> None:
    run(cells, "make-w")
    write(cells, "use-w", "")
    type_slowly(cells, "w.sh")
    expect(offers(cells).get_by_role("option", name="shout", exact=True)).to_be_visible()
    expect(cells.locator(".cm-completionInfo")).to_contain_text("Says it aloud.")


def test_nothing_is_offered_in_texts_comments_and_where_names_are_made(cells: Page) -> None:
    for code in ("# np.lins", "x = 'np.lins", "x = 3", "def lins"):
        write(cells, "other-session", "")
        type_slowly(cells, code)
        cells.wait_for_timeout(300)
        assert not offers(cells).get_by_role("option", name="linspace").count(), code


def test_without_the_index_one_goes_on_typing(page: Page, site: str) -> None:
    page.route("**/names.json", lambda route: route.abort())
    page.goto(site)
    write(page, "use-w", "learning = 1\n")
    type_slowly(page, "lea")
    expect(offers(page)).to_be_visible()
    assert lines(page, "use-w") == ["learning = 1", "lea"]


def test_without_its_help_an_editor_is_an_editor(page: Page, site: str) -> None:
    page.route("**/editor-help.js", lambda route: route.abort())
    page.goto(site)
    write(page, "use-w", "print(1)")
    run(page, "use-w")
    expect(output(page, "use-w")).to_have_text("1")


def test_parameters_are_shown_above_the_line_of_a_call(cells: Page) -> None:
    write(cells, "other-session", "x = 1\n\n")
    type_slowly(cells, "np.linspace(")
    mark = parameters(cells).locator("mark")
    expect(mark).to_have_text("start")
    type_slowly(cells, "0, 1, ")
    expect(mark).to_have_text("num=50")
    box = parameters(cells).bounding_box()
    line = editor(cells, "other-session").locator(".cm-line").last.bounding_box()
    assert box and line
    assert box["y"] + box["height"] < line["y"] + line["height"] / 5  # letters begin below
    cells.keyboard.type("endpoint=")
    expect(mark).to_have_text("endpoint=True")
    cells.keyboard.press("End")
    expect(parameters(cells)).to_have_count(0)


def test_parameters_are_read_out_and_go_with_escape_which_still_leads_out(cells: Page) -> None:
    write(cells, "other-session", "")
    type_slowly(cells, "np.linspace(")
    expect(parameters(cells)).to_be_visible()
    said = cell(cells, "other-session").locator(".cm-announced")
    expect(said).to_contain_text("linspace, parameter start")
    cells.keyboard.press("Escape")
    expect(parameters(cells)).to_have_count(0)
    cells.keyboard.press("ControlOrMeta+Shift+Space")
    expect(parameters(cells)).to_be_visible()
    cells.keyboard.press("Escape")
    cells.keyboard.press("Tab")
    expect(editor(cells, "other-session")).not_to_be_focused()


def find(page: Page, name: str) -> None:
    """Ctrl+F, once there is what answers it: it comes with the gutter, just after the editor."""
    expect(cell(page, name).locator(".cm-foldGutter")).to_be_attached()
    page.keyboard.press("ControlOrMeta+f")


@pytest.mark.parametrize("width", [1280, 360])
def test_the_search_panel_looks_as_the_rest_of_the_cell(page: Page, site: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(site)
    editor(page, "use-w").click()
    find(page, "use-w")
    panel = cell(page, "use-w").locator(".cm-search")
    expect(panel).to_be_visible()
    names = [button.inner_text() for button in panel.get_by_role("button").all()]
    assert names == ["Next", "Previous", "Select all", "Replace", "Replace all", "×"]
    high = 32 if width == 1280 else 40
    for box in [button.bounding_box() for button in panel.get_by_role("button").all()]:
        assert box and box["height"] >= high
    for label in panel.locator("label").all():
        size = label.evaluate("node => parseFloat(getComputedStyle(node).fontSize)")
        assert size >= 13
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_search_in_the_code_by_keyboard_and_from_the_menu(cells: Page) -> None:
    write(cells, "use-w", "rate = 1\nprint(rate)")
    find(cells, "use-w")
    field = cell(cells, "use-w").get_by_role("textbox", name="Find")
    expect(field).to_be_focused()
    cells.keyboard.type("rate")
    expect(cell(cells, "use-w").locator(".cm-searchMatch")).to_have_count(2)
    cells.keyboard.press("Escape")
    expect(field).to_have_count(0)
    expect(editor(cells, "use-w")).to_be_focused()
    choose(cells, "use-w", "Find in the code")
    expect(field).to_be_focused()


def test_blocks_fold_and_no_line_moves_when_the_marks_come(cells: Page) -> None:
    first = editor(cells, "make-w").locator(".cm-line").first
    before = first.bounding_box()
    write(cells, "make-w", "for i in x:\n    print(i)\n    print(i)\nw = 1")
    gutter = cell(cells, "make-w").locator(".cm-foldGutter")
    expect(gutter).to_be_attached()
    after = first.bounding_box()
    assert before and after and before["x"] == after["x"]
    gutter.get_by_title("Fold these lines", exact=True).first.click()
    expect(cell(cells, "make-w").locator(".cm-foldPlaceholder")).to_be_visible()
    expect(editor(cells, "make-w").locator(".cm-line")).to_have_count(2)
    gutter.get_by_title("Unfold these lines").last.click()
    expect(editor(cells, "make-w").locator(".cm-line")).to_have_count(4)


def size(page: Page, name: str) -> float:
    found: float = editor(page, name).evaluate(
        "node => parseFloat(getComputedStyle(node).fontSize)"
    )
    return found


def test_the_size_of_code_is_chosen_once_for_all_cells_and_remembered(cells: Page) -> None:
    editor(cells, "make-w").wait_for()
    before = size(cells, "make-w")
    choose(cells, "make-w", "Larger code")
    expect(cell(cells, "make-w")).to_contain_text("The code is 115 % large")
    assert size(cells, "use-w") == pytest.approx(before * 1.15, rel=0.01)
    cells.reload()
    assert size(cells, "use-w") == pytest.approx(before * 1.15, rel=0.01)
    choose(cells, "make-w", "Smaller code")
    assert size(cells, "use-w") == pytest.approx(before, rel=0.01)


def test_a_cell_takes_the_windows_width_and_gives_it_back(cells: Page) -> None:
    shell = cell(cells, "use-w").locator(".cell-shell")
    before = shell.bounding_box()
    choose(cells, "use-w", "Full width")
    wide = shell.bounding_box()
    assert before and wide
    assert wide["width"] > before["width"]
    assert wide["width"] >= 1280 - 40
    see_through = "rgba(0, 0, 0, 0)"
    expect(shell).not_to_have_css("background-color", see_through)  # the page beside it lies below
    expect(shell).to_have_css("border-left-width", "1px")
    assert cells.evaluate("document.scrollingElement.scrollWidth") <= 1280
    cells.set_viewport_size({"width": 800, "height": 800})
    width = "document.querySelector('py-cell#use-w .cell-shell').getBoundingClientRect().width"
    wait_until(cells, f"{width} <= 800", seconds=5)
    cells.set_viewport_size({"width": 1280, "height": 800})
    shell.get_by_role("button", name="Run").focus()
    cells.keyboard.press("Escape")
    assert shell.bounding_box() == before


def test_ctrl_slash_comments_lines_out_and_in(cells: Page) -> None:
    write(cells, "use-w", "x = 1\ny = 2")
    cells.keyboard.press("ControlOrMeta+a")
    cells.keyboard.press("ControlOrMeta+/")
    assert lines(cells, "use-w") == ["# x = 1", "# y = 2"]
    cells.keyboard.press("ControlOrMeta+/")
    assert lines(cells, "use-w") == ["x = 1", "y = 2"]


def paste(page: Page, text: str) -> None:
    page.evaluate(
        """text => { const data = new DataTransfer(); data.setData("text/plain", text);
        document.activeElement.dispatchEvent(new ClipboardEvent("paste",
          { clipboardData: data, bubbles: true, cancelable: true })); }""",
        text,
    )


def test_what_notebooks_have_and_python_has_not_is_mended_when_it_is_pasted(cells: Page) -> None:
    write(cells, "use-w", "")
    paste(cells, "    %matplotlib inline\n    !pip install numpy\n    x = 1")
    assert lines(cells, "use-w") == [*("# %matplotlib inline", "# !pip install numpy", "x = 1")]
    notice = cell(cells, "use-w").locator(".cell-notice")
    expect(notice).to_contain_text("figures are shown below the cell by themselves")
    expect(notice).to_contain_text("nothing can be installed")
    notice.get_by_role("button", name="Paste as it was").click()
    assert lines(cells, "use-w")[0] == "    %matplotlib inline"


def test_indented_code_keeps_its_indentation_inside_a_block(cells: Page) -> None:
    write(cells, "use-w", "for i in x:\n")
    cells.keyboard.press("ControlOrMeta+End")
    cells.keyboard.press("Home")
    paste(cells, "    print(i)")
    assert lines(cells, "use-w")[-1].endswith("    print(i)")


def test_a_table_scrolls_in_its_place_and_is_text(cells: Page) -> None:
    write(cells, "use-w", 'table("300x40")')
    run(cells, "use-w")
    words = "The first 200 of 300 rows, the first 30 of 40 columns"
    table = output(cells, "use-w").get_by_role("region", name=f"Table: {words}")
    expect(table.locator("caption")).to_have_text(words)
    expect(table.locator("tbody tr")).to_have_count(200)
    expect(table.locator("tbody td").first).to_have_text("<i>0c0</i>")
    box = table.bounding_box()
    assert box and box["height"] < 500
    assert table.evaluate("node => node.scrollWidth > node.clientWidth")
    assert cells.evaluate("document.scrollingElement.scrollWidth") <= 1280
    table.focus()
    expect(table).to_be_focused()
    press(cells, "use-w", "More")
    expect(cells.get_by_role("menuitem", name="Copy table")).to_be_visible()


@pytest.mark.parametrize(
    ("size", "words"),
    [
        ("2x2", "2 rows, 2 columns"),
        ("1x1", "1 row, 1 column"),
        ("50x100", "50 rows, the first 30 of 100 columns"),
        ("300x2", "The first 200 of 300 rows, 2 columns"),
    ],
)
def test_a_table_says_what_of_it_is_shown(cells: Page, size: str, words: str) -> None:
    write(cells, "use-w", f'table("{size}")')
    run(cells, "use-w")
    expect(output(cells, "use-w").locator("caption")).to_have_text(words)


def test_a_table_has_one_look_and_numbers_stand_one_below_the_other(cells: Page) -> None:
    write(cells, "use-w", "kinds()")
    run(cells, "use-w")
    table = output(cells, "use-w").locator("table")
    expect(table.locator("tbody tr")).to_have_count(3)
    look = table.evaluate(
        """table => [...table.rows].map((row) => [...row.cells].map((cell) => {
        const { borderTopWidth, borderBottomWidth, textAlign } = getComputedStyle(cell);
        return { edges: borderTopWidth + borderBottomWidth, align: textAlign }; }))"""
    )
    for row in look:
        assert len({cell["edges"] for cell in row}) == 1  # one line, from end to end
        assert [cell["align"] for cell in row] == ["right", "right", "left", "right"]
    width = table.locator("tbody th").first.evaluate("node => node.offsetWidth")
    assert width < 50


def test_a_table_without_its_script_is_text(page: Page, site: str) -> None:
    def refuse(route: Route) -> None:
        route.abort()

    page.route(re.compile("built-output"), refuse)
    page.goto(site)
    write(page, "use-w", 'table("2x2")')
    run(page, "use-w")
    expect(output(page, "use-w")).to_have_text("rows")


def test_a_long_training_shows_one_bar_that_moves_and_goes(cells: Page) -> None:
    write(cells, "use-w", 'train("20")\nprint("trained")')
    press(cells, "use-w", "Run")
    bar = output(cells, "use-w").get_by_role("progressbar", name="Progress of fit")
    expect(bar).to_have_attribute("aria-valuenow", re.compile("[3-9]."))
    assert bar.count() == 1
    expect_state(cells, "use-w", "done")
    expect(bar).to_have_count(0)
    expect(output(cells, "use-w")).to_have_text("trained")


def test_the_page_answers_while_python_computes(cells: Page) -> None:
    run(cells, "plot")
    editor(cells, "use-w").click()
    press(cells, "loop", "Run")
    expect_state(cells, "loop", "running")
    took = cells.evaluate(
        """() => new Promise((resolve) => {
        const image = document.querySelector("#plot [role=log] img");
        const [before, begin] = [image.src, performance.now()];
        document.body.dataset.mdColorScheme = "slate";
        const look = () => image.src === before
          ? requestAnimationFrame(look) : resolve(performance.now() - begin);
        look(); })"""
    )
    assert took < 500
    expect_state(cells, "loop", "running")
    press(cells, "loop", "Stop")
    expect_state(cells, "loop", "stopped")


@pytest.mark.parametrize("scheme", ["default", "slate"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_in_what_the_editor_and_the_output_bring(
    cells: Page, width: int, scheme: str
) -> None:
    cells.set_viewport_size({"width": width, "height": 800})
    cells.evaluate("scheme => { document.body.dataset.mdColorScheme = scheme }", scheme)
    write(cells, "last", 'table("30x12")')
    run(cells, "last")
    write(cells, "use-w", 'train("200")')
    press(cells, "use-w", "Run")
    expect(output(cells, "use-w").get_by_role("progressbar")).to_be_visible()
    write(cells, "make-w", "for i in x:\n    i\n")
    find(cells, "make-w")
    cells.keyboard.type("i")
    write(cells, "other-session", "")
    type_slowly(cells, "np.linspace(st")
    expect(parameters(cells)).to_be_visible()
    expect(offers(cells).last).to_be_visible()
    cells.evaluate((ROOT / "node_modules/axe-core/axe.min.js").read_text("utf-8"))
    violations = cells.evaluate(
        """async () => (await axe.run({
          include: ".md-content",
          // The editor has the focus of its lists; code that scrolls gets it by Material.
          exclude: [[".cm-tooltip-autocomplete"], ["pre > code"]],
        })).violations.map((v) =>
          [v.id, v.nodes.map((n) => [n.html.slice(0, 160), n.failureSummary])])"""
    )
    assert violations == []
    assert cells.evaluate("document.documentElement.scrollWidth <= innerWidth")
