"""The built lesson in frames of another site: pages, single cells, height, storage, isolation."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Frame, FrameLocator, Page, expect

from bench.site import wait_until
from tests.browser.conftest import FLAGS, SUGGESTIONS, forbidden, secure, watch, windowless_path
from tests.browser.test_lesson import DENY
from tests.browser.test_theme import AXE

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs/instructors/embedding.md"
START = 60_000  # milliseconds in which Python starts and a cell ends, on a slow machine
PLACE = "https://lesson.example.org"  # the guide's
ISOLATED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}


class Hosts(NamedTuple):
    """The site's address, and a folder that another host serves: browsers call it another site."""

    lesson: str
    around: Path
    other: str


def copied(built: Path, folder: Path, *, isolated: bool = True, embed: object = None) -> Path:
    """The built site, with the headers that a build with these settings writes."""
    shutil.copytree(built, folder, copy_function=os.symlink)
    (folder / "_headers").unlink()
    secure(folder, isolated, embed)
    return folder


@pytest.fixture(scope="module")
def usual(browser: Browser) -> Iterator[Browser]:
    """A Chromium as people have it: a frame of another site has a storage of its own.

    Playwright's flags switch that off; then it has none.
    """
    flags = [*FLAGS, f"--disable-features={SUGGESTIONS}"]
    usual = browser.browser_type.launch(executable_path=windowless_path(), args=flags)
    watch(usual)
    yield usual
    usual.close()


@pytest.fixture
def page(usual: Browser) -> Iterator[Page]:
    """A fresh profile's page. An exception in its scripts, or in those of its frame, is a fault."""
    context = usual.new_context(viewport={"width": 1280, "height": 800})
    errors: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors


@pytest.fixture(scope="session")
def hosts(
    built: Path, tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Path], str]
) -> Hosts:
    root = tmp_path_factory.mktemp("embed")
    lesson = serve(copied(built, root / "lesson", embed="any"))
    around = root / "around"
    around.mkdir()
    return Hosts(f"{lesson}/", around, serve(around).replace("127.0.0.1", "localhost") + "/")


def around(hosts: Hosts, frames: str) -> str:
    """A page of the other site; returns its address."""
    text = f"<!doctype html><html lang=en><title>Around</title><h1>Around</h1>{frames}</html>"
    page = hosts.around / f"{len(list(hosts.around.iterdir()))}.html"
    page.write_text(text, encoding="utf-8")
    return hosts.other + page.name


def iframe(address: str, attributes: str = "") -> str:
    style = "border: 0; width: 100%; height: 700px"
    return f'<iframe title="Lesson" style="{style}" {attributes} src="{escape(address)}"></iframe>'


def show(page: Page, hosts: Hosts, path: str, attributes: str = "") -> FrameLocator:
    """Opens a page of the other site that frames this one of the lesson."""
    page.goto(around(hosts, iframe(hosts.lesson + path, attributes)))
    return page.frame_locator("iframe")


def inside(page: Page) -> Frame:
    return page.frames[1]


def run(framed: FrameLocator, name: str, state: str = "done") -> None:
    cell = framed.locator(f"py-cell#{name}")
    button = cell.get_by_role("button", name=re.compile("^Run"))
    button.click()
    if cell.get_attribute("data-state") == "idle":  # a frame that grew moved the button
        button.press("Enter")
    expect(cell).to_have_attribute("data-state", state, timeout=START)


# --- A page ---


def test_a_page_stands_without_what_surrounds_it(page: Page, hosts: Hosts) -> None:
    framed = show(page, hosts, "losses/mse/?embed")
    expect(framed.locator("h1")).to_have_text(re.compile("Mean squared error"))
    for part in (".md-header", ".md-sidebar", ".md-footer", ".md-content__button"):
        for one in framed.locator(part).all():
            expect(one).to_be_hidden()
    home = framed.get_by_role("link", name="Open in the lesson")
    home.click()
    expect(page).to_have_url(f"{hosts.lesson}losses/mse/")
    expect(page.locator(".md-header")).to_be_visible()


@pytest.mark.parametrize("path", ["losses/mse/?embed", "losses/mse/?embed=mse-line"])
def test_nothing_else_is_painted_first(page: Page, hosts: Hosts, path: str) -> None:
    """The page's own script and style are enough; a lone cell waits for the client, unseen."""
    page.route("**/client/index*.js", lambda route: route.abort())
    page.add_init_script("sessionStorage['lesson:/losses/mse/:refused'] = '1'")
    page.goto(hosts.lesson + path, wait_until="domcontentloaded")
    expect(page.locator(".md-header")).to_be_hidden()
    expect(page.locator(".md-sidebar").first).to_be_hidden()
    seen = page.locator(".md-container").evaluate("node => getComputedStyle(node).opacity")
    assert seen == ("0" if "=" in path else "1")
    if "=" in path:
        expect(page.locator(".md-container")).to_have_css("opacity", "1", timeout=15_000)


def test_the_lesson_itself_is_as_it_was(page: Page, hosts: Hosts) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{hosts.lesson}losses/mse/?embedded&h=loss", wait_until="networkidle")
    expect(page.locator(".md-header")).to_be_visible()
    expect(page.get_by_role("link", name="Open in the lesson")).to_have_count(0)
    assert not [url for url in asked if "/client/embed" in url]


def test_page_changes_stay_in_the_frame(page: Page, hosts: Hosts) -> None:
    framed = show(page, hosts, "losses/mse/?embed")
    framed.get_by_role("link", name="Open in the lesson").wait_for()
    inside(page).evaluate("window.kept = true")
    framed.locator("article").get_by_role("link", name="Binary cross-entropy").last.click()
    expect(framed.locator("h1")).to_have_text(re.compile("Binary cross-entropy"))
    assert inside(page).url == f"{hosts.lesson}losses/binary-cross-entropy/?embed"
    assert inside(page).evaluate("window.kept")
    home = framed.get_by_role("link", name="Open in the lesson")
    expect(home).to_have_attribute("href", f"{hosts.lesson}losses/binary-cross-entropy/")
    expect(framed.locator(".md-header")).to_be_hidden()
    inside(page).evaluate("history.back()")
    expect(framed.locator("h1")).to_have_text(re.compile("Mean squared error"))
    assert inside(page).evaluate("window.kept")
    inside(page).evaluate("location.reload()")
    expect(framed.get_by_role("link", name="Open in the lesson")).to_be_visible()
    expect(framed.locator(".md-header")).to_be_hidden()


def test_a_link_to_another_site_opens_a_tab(page: Page, hosts: Hosts) -> None:
    framed = show(page, hosts, "losses/mse/?embed")
    framed.get_by_role("link", name="Open in the lesson").wait_for()
    page.context.route("https://docs.pytorch.org/**", lambda route: route.fulfill(body="there"))
    with page.expect_popup() as opened:
        framed.get_by_role("link", name="torch.nn.MSELoss").last.click()
    assert opened.value.evaluate("opener") is None
    assert inside(page).url.endswith("?embed")


def test_keys_of_what_is_not_there_do_nothing(page: Page, hosts: Hosts) -> None:
    page.set_viewport_size({"width": 500, "height": 800})
    framed = show(page, hosts, "losses/mse/?embed=mse-by-hand")
    framed.get_by_role("link", name="Open in the lesson").focus()
    for key in ("s", "/", "n"):
        page.keyboard.press(key)
    page.wait_for_timeout(300)
    assert inside(page).evaluate("document.querySelector('#__search').checked") is False
    assert inside(page).url.endswith("losses/mse/?embed=mse-by-hand")


# --- One cell ---


def seen(framed: FrameLocator) -> list[str]:
    """What of the page is shown, from the top: names of cells and questions, and of other parts."""
    script = """article => [...article.querySelectorAll("*")]
      .filter((node) => node.matches(
        "py-cell, lesson-quiz, cell-guess, h1, h2, p, page-tools, figure, details"))
      .filter((node) => !node.parentElement.closest("py-cell, lesson-quiz, cell-guess, details"))
      .filter((node) => node.getClientRects().length)
      .map((node) => node.id || node.className || node.localName)"""
    found: list[str] = framed.locator("article").evaluate(script)
    return found


def test_one_cell_stands_alone_and_runs_what_it_needs(page: Page, hosts: Hosts) -> None:
    framed = show(page, hosts, "losses/mse/?embed=mse-outlier")
    cell = framed.locator("py-cell#mse-outlier")
    expect(cell).to_be_visible()
    expect(framed.locator("cell-guess[for=mse-outlier]")).to_be_visible()
    assert seen(framed) == ["cell-guess", "mse-outlier", "answer", "embed-home"]
    run(framed, "mse-outlier")
    expect(cell.get_by_role("log")).to_contain_text("slope 4.21")
    expect(framed.locator("details.answer[data-for=mse-outlier]")).to_have_attribute("open", "")
    expect(framed.locator("py-cell#mse-line")).to_have_attribute("data-state", "done")
    expect(framed.locator("py-cell#mse-line")).to_be_hidden()
    # A cell that it names is one click away, then there.
    cell.get_by_role("link", name="Twenty points, one line").click()
    expect(framed.locator("py-cell#mse-line")).to_be_visible()
    expect(framed.locator("py-cell#mse-line").get_by_role("button", name="Run")).to_be_focused()
    # Shift+Enter goes to the next cell that is shown.
    framed.locator("py-cell#mse-line .cm-content").click()
    page.keyboard.press("Shift+Enter")
    expect(framed.locator("py-cell#mse-outlier .cm-content")).to_be_focused()


def test_a_cell_that_is_needed_and_fails_is_shown(page: Page, hosts: Hosts) -> None:
    page.goto(f"{hosts.lesson}losses/mse/?embed=mse-by-hand")
    page.locator("#mse-by-hand .cm-content").fill("from pylib.losses import MSELoss\n1 / 0")
    wait_until(page, "Object.keys(localStorage).some(key => key.endsWith('#mse-by-hand'))")
    page.goto(f"{hosts.lesson}losses/mse/?embed=mse-line")
    expect(page.locator("#mse-line")).to_be_visible()
    expect(page.locator("#mse-by-hand")).to_be_hidden()
    page.locator("#mse-line").get_by_role("button", name="Run").click()
    expect(page.locator("#mse-by-hand [data-kind=error]")).to_be_visible(timeout=START)
    expect(page.locator("#mse-line")).to_have_attribute("data-state", "stopped")


def test_an_exercise_is_checked_where_it_stands(page: Page, hosts: Hosts) -> None:
    framed = show(page, hosts, "losses/mse/?embed=mse-rmse")
    cell = framed.locator("py-cell#mse-rmse")
    cell.get_by_role("button", name="Check").click()
    expect(cell).to_have_attribute("data-check", "fail", timeout=START)
    expect(cell.locator("[data-kind=feedback]")).to_be_visible()
    assert seen(framed) == ["mse-rmse", "embed-home"]


def test_a_live_figure_a_question_and_a_picture_stand_alone_too(page: Page, hosts: Hosts) -> None:
    alone = {"mse-live": ["answer"], "mse-double": [], "mse-picture": ["picture-code"]}
    for name, beside in alone.items():
        framed = show(page, hosts, f"losses/mse/?embed={name}")
        expect(framed.locator(f"#{name}")).to_be_visible()
        expect(framed.get_by_role("link", name="Open in the lesson")).to_be_visible()
        assert seen(framed) == [name, *beside, "embed-home"]


def test_a_link_out_of_a_cell_shows_the_page(page: Page, hosts: Hosts) -> None:
    framed = show(page, hosts, "losses/mse/?embed=mse-outlier")
    answer = framed.locator("details.answer[data-for=mse-outlier]")
    answer.locator("summary").click()
    answer.get_by_role("link", name="Huber loss").click()
    expect(framed.locator("h1")).to_be_visible()
    assert inside(page).url == f"{hosts.lesson}losses/huber/?embed"
    inside(page).evaluate("history.back()")
    expect(framed.locator("py-cell#mse-outlier")).to_be_visible()
    assert seen(framed)[-1] == "embed-home"
    expect(framed.locator("h1")).to_be_hidden()


def test_the_way_to_the_lesson_takes_the_code_along(page: Page, hosts: Hosts) -> None:
    framed = show(page, hosts, "losses/mse/?embed=mse-by-hand")
    home = framed.get_by_role("link", name="Open in the lesson")
    expect(home).to_have_attribute("href", f"{hosts.lesson}losses/mse/#mse-by-hand")
    framed.locator("#mse-by-hand .cm-content").fill("print('mine')")
    home.hover()
    expect(home).to_have_attribute("href", re.compile(r"/losses/mse/#code=mse-by-hand\."))
    home.click()
    expect(page).to_have_url(re.compile(f"^{re.escape(hosts.lesson)}losses/mse/#code="))
    expect(page.locator("#mse-by-hand .cm-content")).to_have_text("print('mine')")


@pytest.mark.parametrize("name", ["nothing", "its-gradient", "<img src=x onerror=alert(1)>"])
def test_a_cell_that_is_not_there_is_told(page: Page, hosts: Hosts, name: str) -> None:
    framed = show(page, hosts, f"losses/mse/?embed={name}")
    alert = framed.get_by_role("alert")
    expect(alert).to_have_text(f"There is no cell “{name}” on this page.")
    assert seen(framed) == ["embed-missing", "embed-home"]
    home = framed.get_by_role("link", name="Open in the lesson")
    expect(home).to_have_attribute("href", f"{hosts.lesson}losses/mse/")


# --- The guide's example, and the height ---


def example(lesson: str) -> str:
    """The guide's page, with this site's address."""
    text = GUIDE.read_text(encoding="utf-8")
    (code,) = re.findall(r"```html\n(.*?)```", text, re.DOTALL)
    assert code.count(PLACE) == 3
    return str(code).replace(PLACE, lesson.rstrip("/"))


def test_the_guide_s_frames_are_as_high_as_what_they_hold(page: Page, hosts: Hosts) -> None:
    page.goto(around(hosts, example(hosts.lesson)))
    fits = """() => document.documentElement.scrollHeight <= innerHeight &&
      Math.abs(document.body.getBoundingClientRect().height - innerHeight) < 2"""
    whole, alone = page.locator("iframe.lesson").all()

    def settle() -> None:
        """Waits until all fit for half a second: a frame that grows moves those below it."""
        for frame in page.frames[1:]:
            frame.get_by_role("link", name="Open in the lesson").wait_for()
        fitting = 0
        for _ in range(600):
            fitting = fitting + 1 if all(frame.evaluate(fits) for frame in page.frames[1:]) else 0
            if fitting == 10:
                return
            page.wait_for_timeout(50)
        pytest.fail("The frames never keep the height of what they hold.")

    settle()
    height = "node => node.clientHeight"
    assert whole.evaluate(height) > 3000
    before = alone.evaluate(height)
    assert 200 < before < 1200
    framed = alone.content_frame
    run(framed, "mse-outlier")
    settle()
    grown = alone.evaluate(height)
    assert grown > before
    framed.locator("#mse-outlier").get_by_role("button", name="Reset").click()
    settle()
    assert alone.evaluate(height) < grown
    # A menu that would reach below the end makes room for itself, and gives it back.
    before = alone.evaluate(height)
    framed.locator("#mse-outlier").get_by_role("button", name="More").click()
    menu = framed.get_by_role("menu")
    expect(menu).to_be_visible()
    # Both heights are on the screen's scale; the page that frames grows the frame when it is told.
    for _ in range(100):
        box, frame = menu.bounding_box(), alone.bounding_box()
        if box and frame and box["y"] + box["height"] <= frame["y"] + frame["height"] + 1:
            break
        page.wait_for_timeout(50)
    else:
        pytest.fail(f"The menu's box is {box}, its frame's {frame}.")
    page.keyboard.press("Escape")
    settle()
    assert alone.evaluate(height) == before


def test_the_height_is_told_now_and_then(page: Page, hosts: Hosts) -> None:
    told = """<script>window.told = []; addEventListener("message", ({ data, origin }) =>
      told.push([performance.now(), origin, data]))</script>"""
    page.goto(around(hosts, told + iframe(f"{hosts.lesson}losses/mse/?embed=mse-by-hand")))
    framed = page.frame_locator("iframe")
    framed.get_by_role("link", name="Open in the lesson").wait_for()
    inside(page).evaluate(
        """async () => {
          for (let height = 0; height < 60; height++) {
            document.querySelector("article").style.paddingBottom = `${height}px`;
            await new Promise(requestAnimationFrame);
          }
        }"""
    )
    page.wait_for_timeout(300)
    found = page.evaluate("told")
    assert {origin for _, origin, _ in found} == {hosts.lesson.rstrip("/")}
    assert {(data["type"], type(data["height"])) for *_, data in found} == {
        ("lesson-embed:height", int)
    }
    times = [time for time, *_ in found]
    assert all(later - earlier > 60 for earlier, later in pairwise(times[1:]))
    assert found[-1][2]["height"] == inside(page).evaluate("document.body.clientHeight")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["?embed", "?embed=mse-outlier", "?embed=mse-live", "?embed=none"])
def test_a_phone_s_width_both_schemes_and_no_faults_for_axe(
    usual: Browser, hosts: Hosts, path: str, scheme: str
) -> None:
    context = usual.new_context(
        viewport={"width": 320, "height": 640},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    page.goto(f"{hosts.lesson}losses/mse/{path}")
    page.get_by_role("link", name="Open in the lesson").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    slate = page.evaluate("document.body.dataset.mdColorScheme")
    assert slate == {"dark": "slate", "light": "default"}[scheme]
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run().then(results => results.violations)")
    # A part of a page has no heading of its own.
    whole = {"page-has-heading-one", "landmark-one-main"} if "=" in path else set()
    left = [(rule["id"], rule["nodes"][0]["html"]) for rule in found if rule["id"] not in whole]
    assert not left
    context.close()


def test_the_keyboard_goes_through_the_frame(page: Page, hosts: Hosts) -> None:
    page.goto(
        around(
            hosts,
            "<button>Before</button>"
            + iframe(f"{hosts.lesson}losses/mse/?embed=mse-by-hand")
            + "<button>After</button>",
        )
    )
    framed = page.frame_locator("iframe")
    framed.get_by_role("link", name="Open in the lesson").wait_for()
    # Browsers say at times that a frame of another origin has no focus though keys reach it.
    inside(page).evaluate("document.hasFocus = () => false")
    page.get_by_role("button", name="Before").focus()
    reached: list[str] = []
    for _ in range(20):
        page.keyboard.press("Escape")  # then Tab leaves the editor
        page.keyboard.press("Tab")
        where = page.evaluate("document.activeElement.textContent") or inside(page).evaluate(
            "document.activeElement.textContent"
        )
        reached.append(where)
        if where == "After":
            break
    assert reached[-1] == "After"
    assert not any(where.startswith(" ") for where in reached), "Tab did not indent"
    assert "Open in the lesson" in reached
    assert "Run Code" in reached


# --- Who may, where it keeps things, and isolation ---


@pytest.mark.parametrize(
    ("embed", "is_shown"),
    [(None, False), ("none", False), (["http://elsewhere.test"], False), ("HERE", True)],
)
def test_only_those_who_may_frame_the_site(
    page: Page,
    hosts: Hosts,
    built: Path,
    tmp_path: Path,
    serve: Callable[[Path], str],
    embed: object,
    is_shown: bool,
) -> None:
    allowed = [hosts.other.rstrip("/")] if embed == "HERE" else embed
    lesson = serve(copied(built, tmp_path / "lesson", embed=allowed))
    page.goto(around(hosts, iframe(f"{lesson}/losses/mse/?embed")))
    home = page.frame_locator("iframe").get_by_role("link", name="Open in the lesson")
    if is_shown:
        expect(home).to_be_visible()
    else:
        page.wait_for_timeout(1000)
        assert inside(page).url.startswith("chrome-error:")
        assert any("frame-ancestors" in told for told in forbidden)
        forbidden.clear()


@pytest.mark.parametrize(
    ("is_around", "attributes", "is_lesson", "outcome"),
    [
        (False, 'allow="cross-origin-isolated"', True, False),
        (False, "", False, False),
        (True, 'allow="cross-origin-isolated"', True, True),
        (True, "", True, False),
        (True, 'allow="cross-origin-isolated"', False, None),
        (True, "credentialless", False, False),
    ],
)
def test_which_frames_are_isolated_is_as_the_guide_says(
    page: Page,
    built: Path,
    tmp_path: Path,
    serve: Callable[[Path], str],
    is_around: bool,
    attributes: str,
    is_lesson: bool,
    outcome: bool | None,
) -> None:
    lesson = serve(copied(built, tmp_path / "lesson", isolated=is_lesson, embed="any"))
    folder = tmp_path / "around"
    folder.mkdir()
    if is_around:
        headers = "".join(f"  {name}: {value}\n" for name, value in ISOLATED.items())
        (folder / "_headers").write_text(f"/*\n{headers}", encoding="utf-8")
    there = Hosts(f"{lesson}/", folder, serve(folder).replace("127.0.0.1", "localhost") + "/")
    framed = show(page, there, "losses/mse/?embed=mse-by-hand", attributes)
    assert page.evaluate("crossOriginIsolated") is is_around
    if outcome is None:
        page.wait_for_timeout(1000)
        assert inside(page).url.startswith("chrome-error:")
        return
    expect(framed.locator("#mse-by-hand")).to_be_visible()
    assert inside(page).evaluate("crossOriginIsolated") is outcome
    if outcome:
        run(framed, "mse-by-hand")


def test_partitioned_storage_keeps_the_work_of_the_frame(page: Page, hosts: Hosts) -> None:
    framed = show(page, hosts, "losses/mse/?embed=mse-by-hand")
    framed.locator("#mse-by-hand .cm-content").fill("print('mine')")
    kept = "Object.keys(localStorage).filter(key => key.endsWith('#mse-by-hand')).length"
    for _ in range(100):
        if inside(page).evaluate(kept):
            break
        page.wait_for_timeout(50)
    run(framed, "mse-by-hand")
    expect(framed.locator("#mse-by-hand").get_by_role("log")).to_have_text("mine")
    page.reload()
    expect(framed.locator("#mse-by-hand .cm-content")).to_have_text("print('mine')")
    # The lesson by itself has another storage.
    page.goto(f"{hosts.lesson}losses/mse/")
    assert page.evaluate(kept) == 0


@pytest.mark.parametrize("how", ["by the browser", "by a script"])
def test_blocked_storage_costs_what_is_kept_and_nothing_else(
    launch: Callable[[str], Browser], hosts: Hosts, how: str
) -> None:
    """Playwright's own flags block it in such a frame."""
    context = launch("--mute-audio").new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    if how == "by a script":
        page.add_init_script(DENY)
    framed = show(page, hosts, "losses/mse/?embed=mse-by-hand")
    framed.locator("#mse-by-hand .cm-content").fill("print('mine')")
    expect(framed.locator("#mse-by-hand")).to_contain_text("keeps no data")
    run(framed, "mse-by-hand")
    expect(framed.locator("#mse-by-hand").get_by_role("log")).to_have_text("mine")
    page.goto(around(hosts, iframe(f"{hosts.lesson}losses/mse/?embed")))
    framed.get_by_role("link", name="Open in the lesson").wait_for()
    framed.locator("article").get_by_role("link", name="Binary cross-entropy").last.click()
    expect(framed.locator("h1")).to_have_text(re.compile("Binary cross-entropy"))
    assert inside(page).url == f"{hosts.lesson}losses/binary-cross-entropy/?embed"
    context.close()
    assert not errors
