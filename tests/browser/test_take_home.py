"""What learners take with them: links, figures, output, notebooks; and the tools of a page."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_cell import (
    cell,
    editor,
    expect_state,
    hear,
    output,
    press,
    run,
    wait_until_kept,
    write,
)


@pytest.fixture(scope="session")
def site(fake_python: Path, serve: Callable[[Path], str]) -> str:
    return serve(fake_python)


@pytest.fixture
def cells(page: Page, site: str) -> Page:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(site)
    return page


@pytest.fixture
def needs(page: Page, site: str) -> Page:
    page.goto(f"{site}/needs.html")
    return page


def open_menu(page: Page, name: str) -> Locator:
    cell(page, name).get_by_role("button", name="More").click()
    return cell(page, name).get_by_role("menu")


def choose(page: Page, name: str, item: str) -> None:
    open_menu(page, name).get_by_role("menuitem", name=item).click()


def clipboard(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


def notice(page: Page, name: str) -> Locator:
    return cell(page, name).get_by_role("status")


def copied_link(page: Page, name: str) -> str:
    choose(page, name, "Copy link")
    expect(notice(page, name)).to_contain_text("The link is copied.")
    return clipboard(page)


def test_the_menu_by_keyboard(cells: Page) -> None:
    run(cells, "plot")
    more = cell(cells, "plot").get_by_role("button", name="More")
    expect(more).to_have_attribute("aria-expanded", "false")
    more.press("Enter")
    menu = cell(cells, "plot").get_by_role("menu")
    items = menu.get_by_role("menuitem")
    expect(items).to_have_text(
        [
            *("Copy link", "Copy output", "Save figure as PNG", "Save figure as SVG"),
            *("Find in the code", "Larger code", "Smaller code", "Full width"),
        ]
    )
    expect(more).to_have_attribute("aria-expanded", "true")
    expect(items.first).to_be_focused()
    for key, place in [("ArrowUp", 7), ("ArrowDown", 0), ("ArrowDown", 1), ("End", 7), ("Home", 0)]:
        cells.keyboard.press(key)
        expect(items.nth(place)).to_be_focused()
    cells.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    expect(more).to_be_focused()
    more.press(" ")
    cells.keyboard.press("Tab")
    expect(menu).to_have_count(0)
    more.click()
    more.click()
    expect(menu).to_have_count(0)
    more.click()
    cells.mouse.click(5, 5)
    expect(menu).to_have_count(0)


@pytest.mark.parametrize("gone", ["PointerEvent('pointerdown'", "FocusEvent('focusin'"])
def test_who_goes_on_while_the_menu_is_on_its_way_is_not_held_by_it(cells: Page, gone: str) -> None:
    more = cell(cells, "plot").get_by_role("button", name="More")
    goes_on = f"document.body.dispatchEvent(new {gone}, {{ bubbles: true }}))"
    more.evaluate(f"(more) => {{ more.click(); {goes_on}; }}")
    expect(more).to_have_attribute("aria-expanded", "false")
    more.evaluate("async () => { await new Promise((done) => setTimeout(done, 300)); }")
    expect(cell(cells, "plot").get_by_role("menu")).to_have_count(0)


def test_only_one_button_of_a_cell_begins_with_run(cells: Page) -> None:
    open_menu(cells, "plot")
    for word in ("Run", "Stop", "Reset"):
        named = cell(cells, "plot").get_by_role("button", name=re.compile(f"^{word}"))
        expect(named).to_have_count(1)


@pytest.mark.parametrize("code", ['print("ä → 😀")', "\n".join(f"x{n} = {n}" for n in range(90))])
def test_a_link_holds_the_code_and_never_runs_it(cells: Page, site: str, code: str) -> None:
    write(cells, "make-w", code)
    wait_until_kept(cells, "make-w")  # or it would be, after all that was kept is cleared
    link = copied_link(cells, "make-w")
    assert link.startswith(f"{site}/#code=make-w.")
    other = cells.context.new_page()
    other.goto("about:blank")
    other.goto(site)
    other.evaluate("localStorage.clear()")
    other.goto("about:blank")
    other.goto(link)
    expect(notice(other, "make-w")).to_contain_text("This code came with the link.")
    expect_state(other, "make-w", "idle")
    expect(editor(other, "make-w")).to_contain_text(code.split("\n")[0])
    notice(other, "make-w").get_by_role("button", name="Keep it").click()
    wait_until_kept(other, "make-w")
    assert other.url == f"{site}/#make-w"
    notice(other, "make-w").get_by_role("button", name="Undo").click()
    expect(editor(other, "make-w")).to_contain_text("import numpy as np")


def test_a_link_leaves_the_learners_own_draft(cells: Page, site: str) -> None:
    write(cells, "use-w", 'print("linked")')
    link = copied_link(cells, "use-w")
    write(cells, "use-w", 'print("mine")')
    wait_until_kept(cells, "use-w")
    for _ in range(2):
        cells.goto("about:blank")
        cells.goto(link)
        expect(editor(cells, "use-w")).to_have_text('print("linked")')
        editor(cells, "use-w").click()
        cells.keyboard.press("ControlOrMeta+End")
        cells.keyboard.type("\n# a note")
        run(cells, "use-w")
        expect(output(cells, "use-w")).to_have_text("linked")
    notice(cells, "use-w").get_by_role("button", name="Back to mine").click()
    expect(editor(cells, "use-w")).to_have_text('print("mine")')
    cells.reload()
    expect(editor(cells, "use-w")).to_have_text('print("mine")')


def test_a_link_opened_on_its_own_page_is_shown_too(cells: Page) -> None:
    write(cells, "use-w", 'print("linked")')
    link = copied_link(cells, "use-w")
    press(cells, "use-w", "Reset")
    cells.evaluate("link => { location.href = link }", link)
    expect(editor(cells, "use-w")).to_have_text('print("linked")')
    notice(cells, "use-w").get_by_role("button", name="Back to the lesson's").click()
    expect(editor(cells, "use-w")).to_have_text("print(w)")


@pytest.mark.parametrize("fragment", ["code=use-w.z!!!", "code=use-w.zAAAA", "code=use-w.p_w"])
def test_a_broken_link_says_so(cells: Page, site: str, fragment: str) -> None:
    cells.goto("about:blank")
    cells.goto(f"{site}/#{fragment}")
    expect(notice(cells, "use-w")).to_contain_text("could not be read")
    expect(editor(cells, "use-w")).to_have_text("print(w)")


def test_output_and_figures_are_taken(cells: Page) -> None:
    run(cells, "plot")
    choose(cells, "plot", "Copy output")
    expect(notice(cells, "plot")).to_contain_text("The output is copied.")
    assert clipboard(cells) == "drawing\n[0.25, 0.125]"
    for kind, start in [("PNG", b"\x89PNG"), ("SVG", b"<svg")]:
        with cells.expect_download() as download:
            choose(cells, "plot", f"Save figure as {kind}")
        assert download.value.suggested_filename == f"plot.{kind.lower()}"
        assert Path(download.value.path()).read_bytes().startswith(start)


def test_a_figure_that_python_has_no_more_is_not_drawn(cells: Page) -> None:
    run(cells, "plot")
    run(cells, "loop", "running")
    press(cells, "loop", "Stop")
    choose(cells, "plot", "Save figure as SVG")
    expect(notice(cells, "plot")).to_contain_text("run the cell again")


def test_tables_are_taken(cells: Page) -> None:
    run(cells, "make-w")
    output(cells, "make-w").evaluate(
        """log => { const table = document.createElement("table"); log.append(table);
        for (const row of [["lr", "loss"], ["0.1", "1,5"], ['"a"', "b"]])
          for (const [at, text] of row.entries()) {
            if (!at) table.insertRow();
            table.rows[table.rows.length - 1].insertCell().textContent = text; } }"""
    )
    choose(cells, "make-w", "Copy table")
    assert clipboard(cells) == 'lr\tloss\n0.1\t1,5\n"a"\tb'
    with cells.expect_download() as download:
        choose(cells, "make-w", "Download table")
    text = Path(download.value.path()).read_bytes()
    assert text == b'lr,loss\r\n0.1,"1,5"\r\n"""a""",b\r\n'


def tool(page: Page, name: str) -> Locator:
    return page.locator("page-tools").get_by_role("button", name=name)


def test_run_all_goes_up_to_the_first_error(needs: Page) -> None:
    heard = hear(needs)
    tool(needs, "Run all").click()
    status = needs.locator("page-tools").get_by_role("status")
    expect(status).to_have_text("Not all have run: “Wrong” did not end well.")
    ran = [event["id"] for event in heard() if event["type"] == "py-cell:start"]
    assert ran == ["data", "fit", "plot", "scale", "late", "scale", "wrong"]
    expect(cell(needs, "wrong").get_by_role("button", name=re.compile("^Run"))).to_be_focused()


def test_run_all_ends_with_its_page(needs: Page) -> None:
    heard = hear(needs)
    needs.evaluate(
        """document.addEventListener("py-cell:done",
          () => document.querySelector("page-tools").remove(), { once: true })"""
    )
    tool(needs, "Run all").click()
    expect_state(needs, "data", "done")
    run(needs, "scale")
    expect_state(needs, "scale", "done")
    ran = [event["id"] for event in heard() if event["type"] == "py-cell:start"]
    assert ran == ["data", "scale"]


def test_run_all_carries_on_past_exercises(page: Page, site: str) -> None:
    page.goto(f"{site}/practice.html")
    page.evaluate("document.querySelector('article').append(document.createElement('page-tools'))")
    status = page.locator("page-tools").get_by_role("status")
    heard = hear(page)
    tool(page, "Run all").click()
    expect(status).to_have_text(
        "3 of 4 cells have run. Still yours to solve: “The missing chain rule”."
    )
    assert [event["id"] for event in heard() if event["type"] == "py-cell:done"] == [
        *("step", "way", "free"),
    ]
    expect_state(page, "rule", "idle")
    write(page, "rule", "grad = 6  # no ___ is left")
    write(page, "free", 'fail("ValueError: x")')
    tool(page, "Run all").click()
    expect(status).to_have_text("3 of 4 cells have run. Still yours to solve: “Without hints”.")
    write(page, "free", "x = 1")
    tool(page, "Run all").click()
    expect(status).to_have_text("All 4 cells have run.")


def test_run_all_passes_by_what_needs_an_exercise(needs: Page) -> None:
    status = needs.locator("page-tools").get_by_role("status")
    write(needs, "wrong", "___\nbad = 1")
    for name in ("chicken", "egg", "loop", "deaf"):
        write(needs, name, "x = 1")
    tool(needs, "Run all").click()
    expect(status).to_have_text(
        "11 of 13 cells have run. Still yours to solve: “Wrong”."
        " Not run, because it needs one of these: “Blocked”."
    )


def test_restart_python(needs: Page) -> None:
    run(needs, "plot")
    tool(needs, "Restart Python").click()
    expect(needs.locator("page-tools")).to_contain_text("Python starts anew.")
    expect(cell(needs, "plot")).to_have_attribute("data-stale", "")
    heard = hear(needs)
    run(needs, "plot")
    ran = [event["id"] for event in heard() if event["type"] == "py-cell:start"]
    assert ran == ["data", "fit", "plot"]


def test_the_page_as_a_notebook_and_as_a_script(needs: Page, site: str) -> None:
    cell(needs, "data").get_by_role("button", name="Show code").click()
    write(needs, "data", "data = 4")
    with needs.expect_download() as download:
        tool(needs, "Download notebook").click()
    assert download.value.suggested_filename.endswith(".ipynb")
    notebook = json.loads(Path(download.value.path()).read_text("utf-8"))
    nbformat.validate(notebook)
    sources = [c["source"] for c in notebook["cells"]]
    assert sources[0].startswith(f"From [Needs]({site}/needs.html).")
    assert f'%pip install --quiet "{site}/download/pylib-1-py3-none-any.whl"' in sources[1]
    assert sources[2:] == [
        f"# Needs\n\nSee [MSE]({site}/losses/mse/).",
        "data = 4",
        'fail("ValueError: too large")\nbad = 1',
    ]
    with needs.expect_download() as download:
        tool(needs, "Download script").click()
    script = Path(download.value.path()).read_text("utf-8")
    assert f'# pip install --quiet "{site}/download/pylib-1-py3-none-any.whl"' in script
    assert f"# %% [markdown]\n# # Needs\n#\n# See [MSE]({site}/losses/mse/).\n" in script
    assert "# %% The data\ndata = 4\n" in script
    assert '\n# fail("ValueError: too large")\n# bad = 1\n' in script
    compile(script, "script", "exec")


def test_a_download_that_fails_says_so(needs: Page) -> None:
    needs.route("**/notebook.json", lambda route: route.abort())
    tool(needs, "Download script").click()
    expect(needs.locator("page-tools").get_by_role("status")).to_contain_text("download failed")


def test_axe_finds_nothing(needs: Page) -> None:
    run(needs, "last")
    write(needs, "last", "print(w)")
    expect(cell(needs, "last")).to_have_attribute("data-stale", "")
    open_menu(needs, "last")
    needs.evaluate(Path("node_modules/axe-core/axe.min.js").read_text("utf-8"))
    for scheme in ("default", "slate"):
        needs.evaluate("scheme => { document.body.dataset.mdColorScheme = scheme }", scheme)
        found = needs.evaluate(
            """async () => {
            await Promise.allSettled(document.getAnimations().map((colour) => colour.finished));
            return (await axe.run("py-cell#last, page-tools")).violations.map((v) =>
            `${v.id}: ${v.nodes.map((n) => n.html).join(" ")}`) }"""
        )
        assert found == []
