"""The built lesson in Chromium: every cell of every page, and the journeys that learners make."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, Worker, expect

from bench.site import wait_until
from tests.lesson import OWN

SITE = Path(__file__).parents[2] / "site"
FOLDER = (
    "course/lesson"  # as GitHub Pages and course servers do, the site lies below the host's root
)
START = 60_000  # milliseconds in which Python starts and the first cell ends, on a slow machine
# An error that has a stack, unlike the browser's own.
DENY = """for (const store of ["localStorage", "sessionStorage"])
  Object.defineProperty(window, store, { configurable: true,
    get() { throw Object.assign(new Error("denied"), { name: "SecurityError" }) } })"""


@pytest.fixture(scope="session")
def lesson(tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Path], str]) -> str:
    """The address of the built site in a subfolder of a plain file server."""
    assert (SITE / "index.html").exists(), "build the site first: npm run build"
    root = tmp_path_factory.mktemp("host")
    (root / FOLDER).parent.mkdir(parents=True)
    (root / FOLDER).symlink_to(SITE)
    shutil.copy(SITE / "_headers", root)
    return f"{serve(root)}/{FOLDER}/"


def addresses() -> list[str]:
    """Every page of the built site that has cells, relative to its root."""
    pages = sorted(SITE.rglob("index.html"))
    return [
        page.parent.relative_to(SITE).as_posix()
        for page in pages
        if "<py-cell " in page.read_text(encoding="utf-8")
    ]


def is_own(address: str) -> bool:
    """Whether a page is one of the lesson, not of a course."""
    if address == ".":
        return "index.md" in OWN
    return not OWN.isdisjoint({f"{address}.md", f"{address}/index.md", f"{address}.ipynb"})


@pytest.fixture
def watched(page: Page, lesson: str) -> Iterator[Page]:
    """A page that may ask its own origin only."""
    foreign = foreign_requests(page.context, lesson)
    yield page
    assert not foreign


def foreign_requests(context: BrowserContext, lesson: str) -> list[str]:
    """What the pages of a context ask other origins for, from now on."""
    foreign: list[str] = []

    def note(request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https") and address.netloc != urlsplit(lesson).netloc:
            foreign.append(request.url)

    context.on("request", note)
    return foreign


@pytest.fixture(scope="module")
def tabs(browser: Browser, lesson: str) -> Iterator[BrowserContext]:
    """Tabs of one learner: what the browser made of Python for the first serves them all."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    foreign = foreign_requests(context, lesson)
    first = context.new_page()
    first.goto(f"{lesson}losses/mse/")
    run(first.locator("py-cell").first)
    yield context
    context.close()
    assert not foreign


@pytest.fixture
def tab(tabs: BrowserContext) -> Iterator[Page]:
    """One more tab of a browser in which Python has run. An exception in its scripts fails."""
    tab = tabs.new_page()
    errors: list[str] = []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    yield tab
    tab.close()
    assert not errors


def run_button(cell: Locator) -> Locator:
    return cell.get_by_role("button", name=re.compile("^Run"))


def finish(cell: Locator, timeout: float = START) -> str:
    """Waits until the cell has ended; returns its state."""
    expect(cell).to_have_attribute("data-state", re.compile("done|error|stopped"), timeout=timeout)
    return cell.get_attribute("data-state") or ""


def run(cell: Locator) -> str:
    run_button(cell).click()
    return finish(cell)


def test_a_phone_shows_labels_of_figures_at_a_legible_size(page: Page, lesson: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{lesson}reference/")
    cell = page.locator("py-cell#reference-tour")
    assert run(cell) == "done"
    image = cell.locator("figure img").first
    share = image.evaluate("image => image.clientWidth / image.getAttribute('width')")
    assert 0.74 <= share <= 1


def test_a_figure_is_drawn_for_the_other_theme_after_its_run(page: Page, lesson: str) -> None:
    page.goto(f"{lesson}reference/")
    cell = page.locator("py-cell#reference-tour")
    assert run(cell) == "done"
    image = cell.locator("figure img").first
    expect(image).to_have_attribute("data-dark", re.compile("^blob:"))
    page.emulate_media(color_scheme="dark")
    dark = image.get_attribute("data-dark")
    expect(image).to_have_attribute("src", dark or "")


# In a thumbnail: a picture at its own size takes as long as its cell.
COLOURS = """image => {
  const canvas = document.createElement("canvas");
  canvas.width = 200; canvas.height = 100;
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  return new Set(new Uint32Array(data.buffer)).size;
}"""


# Of an instrument: what it shows, in words.
LABEL = re.compile(r"^\w+ on \w+: \d+ steps from ")
VALUE = "control => control.type === 'checkbox' ? control.checked : control.value"
# The keys that move a control, away from the end that it may stand at.
MOVE = """control => {
  if (control.type === "checkbox") return ["Space"];
  const { type, valueAsNumber, min, max } = control;
  if (type !== "range") return [control.selectedIndex ? "ArrowUp" : "ArrowDown"];
  const key = valueAsNumber - min >= (max - min) / 2 ? "ArrowLeft" : "ArrowRight";
  return [key, key, key];
}"""


def move_every_control(tab: Page) -> None:
    """Moves every control of the page's live figures, and puts them back."""
    tab.evaluate(
        "() => { window.rests = []; document.addEventListener("
        "'py-cell:done', ({ detail }) => window.rests.push(detail.ok)); }"
    )
    rests = 0
    for cell in tab.locator("py-cell[live]").all():
        # An instrument says what it shows; the address of a picture is another each time.
        figure, shows = cell.get_by_role("log").locator("figure img"), "src"
        if cell.locator("figure[data-kind=instrument]").count():
            figure, shows = cell.get_by_role("log").locator("figure canvas"), "aria-label"
        for control in cell.locator(".cell-field > :is(input, select):visible").all():
            name = control.get_attribute("id")
            source, value = figure.get_attribute(shows), control.evaluate(VALUE)
            control.focus()
            for key in control.evaluate(MOVE):
                tab.keyboard.press(key)
            wait_until(tab, f"window.rests.length > {rests}")
            rests = tab.evaluate("window.rests.length")
            assert tab.evaluate("window.rests.every(Boolean)"), name
            assert control.evaluate(VALUE) != value, name
            expect(figure).not_to_have_attribute(shows, source or "")
            assert shows == "aria-label" or figure.evaluate(COLOURS) > 10, name
        cell.get_by_role("button", name=re.compile("^Reset")).click()


@pytest.mark.parametrize("address", addresses())
def test_every_control_draws_anew_and_every_cell_does_what_it_did_at_build(
    tab: Page, lesson: str, address: str
) -> None:
    tab.goto(f"{lesson}{address}/")
    if is_own(address):
        move_every_control(tab)
    cells = tab.locator("py-cell:not([exercise])")  # an exercise has a blank
    for cell in cells.all():
        name = cell.get_attribute("id")
        cell.evaluate("cell => { for (let n = cell; n; n = n.parentElement) n.hidden = false }")
        state = run(cell)
        output = cell.get_by_role("log")
        assert state == "done", f"{address}#{name}: {output.inner_text()}"
        if not is_own(address):  # it may print the time, or draw without words
            continue
        built = cell.locator(".built-output")
        printed = "".join(built.locator("> pre").all_text_contents())
        if not cell.get_attribute("raises"):
            shown = "".join(output.locator("> pre").all_text_contents())
            assert shown.split() == printed.split(), f"{address}#{name}"
        if output.locator("figure[data-kind=animation]").count():
            assert built.locator("figure").count() == 2, "the first and the last frame"
            continue
        if output.locator("figure[data-kind=instrument]").count():
            assert built.locator("figure[data-record]").count() == 1
            expect(output.locator("figure canvas")).to_have_attribute("aria-label", LABEL)
            continue
        figures = output.locator("figure img")
        assert figures.count() == built.locator("figure").count(), f"{address}#{name}"
        for figure in figures.all():
            figure.evaluate("image => image.decode()")
            assert figure.evaluate(COLOURS) > 10, f"{address}#{name} drew an empty figure"
            assert len(figure.get_attribute("alt") or "") > 10


# More are not seen at a width of 1280: what stands at a line's end is often the answer.
LONGEST_LINE = 78
# Sentences of pylib's.
SENTENCES = {"rate-too-high", "checks-in-use"}


@pytest.mark.parametrize("address", [one for one in addresses() if is_own(one)])
def test_what_cells_print_fits_its_box(address: str) -> None:
    cells = BeautifulSoup((SITE / address / "index.html").read_bytes(), "html.parser")
    for cell in cells.select("py-cell"):
        for printed in cell.select(".built-output > pre"):
            longest = max(printed.get_text().splitlines(), key=len, default="")
            assert len(longest) <= LONGEST_LINE or cell["id"] in SENTENCES, (cell["id"], longest)


def test_a_live_figure_from_the_first_touch_to_full_screen(watched: Page, lesson: str) -> None:
    watched.goto(f"{lesson}learning-rate/")
    cell = watched.locator("py-cell#rate-live")
    output, slider = cell.get_by_role("log"), cell.get_by_label("rate × curvature")
    cell.scroll_into_view_if_needed()
    expect(output.get_by_role("img")).to_be_visible()
    expect(output).to_contain_text("lr 0.300")
    assert not python_workers(watched)
    box = slider.bounding_box()
    assert box
    y = box["y"] + box["height"] / 2
    watched.mouse.move(box["x"] + 20, y)
    watched.mouse.down()
    watched.mouse.move(box["x"] + 60, y, steps=5)
    expect(output.get_by_role("img")).to_be_visible()  # Python is on its way
    expect(output).not_to_contain_text("lr 0.300", timeout=START)
    for place in (0.3, 0.5, 0.7, 0.9):
        watched.mouse.move(box["x"] + place * box["width"], y, steps=8)
    watched.mouse.up()
    rate = slider.input_value()
    expect(output).to_contain_text(f"factor {1 - float(rate):.2f}", timeout=START)
    expect(output.locator("figure img")).to_be_visible(timeout=START)
    expect(cell.locator(".cell-said")).to_contain_text("Across the valley")
    cell.get_by_role("button", name="Show code").click()
    expect(cell.locator(".cm-content")).to_contain_text(f"rate = {float(rate):.2f}")
    cell.get_by_role("button", name="Full screen").click()
    expect(cell.get_by_role("button", name="Leave full screen")).to_be_visible()
    watched.keyboard.press("Escape")
    cell.get_by_role("button", name="Reset").click()
    expect(output).to_contain_text("lr 0.300")
    expect(slider).to_have_value("0.3")


def test_the_worker_survives_a_page_change(watched: Page, lesson: str) -> None:
    watched.goto(lesson)
    run(watched.locator("py-cell").first)
    (worker,) = python_workers(watched)
    watched.evaluate("() => { window.survivor = true }")
    watched.get_by_role("link", name="Mean squared error").first.click()
    expect(watched).to_have_url(f"{lesson}losses/mse/")
    assert run(watched.locator("py-cell").first) == "done"
    assert watched.evaluate("() => window.survivor") is True
    assert python_workers(watched) == [worker]


def test_keys_turn_pages_but_not_while_one_types(watched: Page, lesson: str) -> None:
    watched.goto(f"{lesson}losses/mse/")
    assert watched.locator("head link[rel=next]").count() == 0, "Firefox would fetch it ahead"
    title = watched.locator("h1")
    here = title.inner_text()
    watched.locator("py-cell").first.scroll_into_view_if_needed()
    watched.locator("py-cell .cm-content").first.click()
    watched.keyboard.press("n")
    expect(watched.locator("py-cell .cm-content").first).to_contain_text("n")
    assert title.inner_text() == here
    title.click()
    watched.keyboard.press("n")
    expect(title).not_to_have_text(here)
    watched.keyboard.press("p")
    expect(title).to_have_text(here)


def python_workers(page: Page) -> list[Worker]:
    """The workers that hold Python: Material's search has one too."""
    return [worker for worker in page.workers if "/client/worker" in worker.url]


def test_stop_ends_an_endless_loop_and_the_next_run_works(watched: Page, lesson: str) -> None:
    watched.goto(f"{lesson}losses/mse/")
    cell = watched.locator("py-cell").first
    type_code(cell, "while True: pass")
    run_button(cell).click()
    expect(cell).to_have_attribute("data-state", "running", timeout=START)
    cell.get_by_role("button", name=re.compile("^Stop")).click()
    expect(cell).to_have_attribute("data-state", "stopped")
    expect(cell).to_contain_text("variables")
    type_code(cell, "print(6 * 7)")
    assert run(cell) == "done"
    expect(cell.get_by_role("log")).to_contain_text("42")
    cell.get_by_role("button", name=re.compile("^Reset")).click()
    expect(cell.locator(".cm-content")).to_contain_text("import numpy as np")


def type_code(cell: Locator, code: str) -> None:
    """Replaces the cell's code, as a learner does."""
    cell.scroll_into_view_if_needed()
    editor = cell.locator(".cm-content")
    editor.click()
    editor.press("ControlOrMeta+a")
    editor.page.keyboard.insert_text(code)


def test_what_a_learner_typed_is_there_after_a_reload(watched: Page, lesson: str) -> None:
    watched.goto(f"{lesson}losses/mse/")
    type_code(watched.locator("py-cell").first, "print('mine')")
    wait_until(watched, "Object.values(localStorage).join().includes('mine')")
    watched.reload()
    cell = watched.locator("py-cell").first
    assert run(cell) == "done"
    expect(cell.get_by_role("log")).to_contain_text("mine")


def test_a_killed_download_can_be_retried(page: Page, lesson: str) -> None:
    page.context.route("**/assets/runtime/**", lambda route: route.abort())
    page.goto(f"{lesson}losses/mse/")
    cell = page.locator("py-cell").first
    run_button(cell).click()
    retry = cell.get_by_role("button", name=re.compile("^Retry"))
    expect(retry).to_be_visible(timeout=START)
    page.context.unroute("**/assets/runtime/**")
    retry.click()
    expect(cell).to_have_attribute("data-state", "done", timeout=START)


def test_where_more_of_python_does_not_come_its_variables_stay(page: Page, lesson: str) -> None:
    more = re.compile(r"/assets/runtime/(numpy|pylib|plotting|data)[.-]")
    page.context.route(more, lambda route: route.abort())
    page.goto(lesson)
    cell = page.locator("py-cell").first
    assert run(cell) == "done"
    type_code(cell, "import matplotlib.pyplot as plt\nplt.plot([1, 3])\nprint('drawn')")
    run_button(cell).click()
    retry = cell.get_by_role("button", name=re.compile("^Retry"))
    expect(retry).to_be_visible(timeout=START)
    type_code(cell, "print(w)")
    assert run(cell) == "done"
    expect(cell.get_by_role("log")).to_contain_text("2.984")
    page.context.unroute(more)
    type_code(cell, "import matplotlib.pyplot as plt\nplt.plot([1, w])\nprint('drawn')")
    assert run(cell) == "done"
    expect(cell.get_by_role("log")).to_contain_text("drawn")


def test_reading_requests_nothing_of_the_runtime(
    page: Page, lesson: str, pass_a_minute: Callable[[Page], None]
) -> None:
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    page.clock.install()
    page.goto(lesson)
    pass_a_minute(page)
    assert asked
    assert not [address for address in asked if "/assets/runtime/" in address]


def test_plain_http_at_an_address_that_is_not_localhost(browser: Browser, lesson: str) -> None:
    """A laptop that serves a class: no secure context, so no crypto.subtle, no caches, no OPFS."""
    page = browser.new_page()
    page.goto(lesson.replace("127.0.0.1", "lesson.test") + "losses/mse/")
    assert page.evaluate("() => isSecureContext") is False
    assert run(page.locator("py-cell").first) == "done"
    page.close()


@pytest.mark.parametrize("address", ["losses/mse/", "progress/", "help/"])
def test_denied_storage_is_an_error_in_no_script(
    browser: Browser, lesson: str, address: str
) -> None:
    page = browser.new_page()
    page.add_init_script(DENY)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(error.stack or str(error)))
    page.goto(lesson + address)
    page.wait_for_load_state("networkidle")
    assert errors == []
    page.close()


def test_denied_storage_is_told_though_material_has_something_in_its_place(
    browser: Browser, lesson: str
) -> None:
    page = browser.new_page()
    page.add_init_script(DENY)
    page.goto(f"{lesson}progress/")
    told = "blocks storage, so it keeps no data"
    expect(page.locator("lesson-progress")).to_contain_text(told)
    page.goto(f"{lesson}help/")
    expect(page.locator("site-storage")).to_contain_text("blocks storage for this site")
    page.goto(f"{lesson}losses/mse/")
    cell = page.locator("py-cell:not([live])").first
    cell.scroll_into_view_if_needed()
    cell.locator(".cm-content").click()
    page.keyboard.insert_text("# mine\n")
    expect(cell.locator(".cell-notice")).to_contain_text(told)
    page.close()


def test_a_long_page_prints_on_few_sheets(page: Page, lesson: str) -> None:
    """A4 with margins of a centimetre: it took 25 of them."""
    page.goto(f"{lesson}optimizers/adam/")
    page.locator("py-cell .cell-run").first.wait_for()
    edge = dict.fromkeys(("top", "bottom", "left", "right"), "1cm")
    paper = page.pdf(format="A4", margin=edge)  # type: ignore[arg-type]
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) <= 15
    page.emulate_media(media="print")
    live = page.locator("py-cell[live]").first
    expect(live.locator("img").first).to_be_visible()
    expect(live.locator(".cell-source")).to_be_hidden()
    wide = "box => box.scrollWidth > box.clientWidth + 1"
    for code in page.locator(".cell-source").all():
        assert not code.evaluate(wide), "code is cut on paper"


def test_output_is_readable_without_script(browser: Browser, lesson: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{lesson}losses/mse/")
    cell = page.locator("py-cell").first
    expect(cell.locator("pre code")).to_contain_text("from pylib.losses import MSELoss")
    expect(cell.locator(".built-output")).to_contain_text("with pylib")
    live = page.locator("py-cell[live]")
    expect(live.locator(".built-output img").first).to_be_visible()
    expect(live.locator(".cell-form")).to_be_hidden()
    live.get_by_text("Code of this figure").click()
    expect(live.locator("pre code")).to_contain_text("constant = 10.0  #@param")
    context.close()
