"""The race page on the built site, with the browser's own Python."""

import csv
import io
import json
import math
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from pylib.race.contenders import contender
from pylib.race.courses import course
from pylib.race.running import run
from pylib.race.tuning import tune
from site_hooks.paths import NODE_MODULES
from tests.browser.conftest import finger

PATIENCE_MS = 240_000
FRONT = (
    "on=Quadratic&condition=12&angle=-26&start=-2.6,2&for=22&c=SGD,lr:0.13"
    "&c=SGD,lr:0.02,momentum:0.9&c=RMSprop,lr:0.06,alpha:0.9&c=Adam,lr:0.2"
)
COLUMNS = ["contender", "lr", "steps", "gradients", "loss", "distance"]
OWN = """
class Mine:
    def __init__(self, params, lr=0.1):
        self.params, self.lr, self.state = params, lr, [{}]
    def step(self, grads):
        for w, g in zip(self.params, grads):
            w -= self.lr * g
"""


@pytest.fixture(scope="module")
def address(built: Path, serve: Callable[[Path], str]) -> str:
    return f"{serve(built)}/"


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Opens the race; no exception, no other host, no dialog."""
    wrong: list[str] = []
    opened = []

    def open_page(fragment: str = "", path: str = "race/", **options: Any) -> Page:
        usual: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
        context = browser.new_context(**{**usual, "reduced_motion": "reduce", **options})
        opened.append(context)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: wrong.append(dialog.message))
        inside = (address, "blob:", "data:")
        context.on("request", lambda r: None if r.url.startswith(inside) else wrong.append(r.url))
        page.goto(f"{address}{path}{fragment and '#' + fragment}")
        if path == "race/":
            expect(button(page, "Run the race")).to_be_visible()
        return page

    yield open_page
    for context in opened:
        for page in context.pages:
            assert page.evaluate("window.hacked") is None
        context.close()
    assert wrong == []


def button(page: Page, name: str) -> Locator:
    return page.locator("optimizer-race").get_by_role("button", name=name, exact=True)


def said(page: Page) -> Locator:
    return page.locator(".race-said")


def race(page: Page) -> list[dict[str, str]]:
    """Runs the race to its end, and reads the table."""
    button(page, "Run the race").click()
    return at_the_end(page)


def at_the_end(page: Page) -> list[dict[str, str]]:
    expect(page.locator("optimizer-race:not([data-busy])")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator(".race-table tbody tr").first).to_be_attached(timeout=PATIENCE_MS)
    slider = page.get_by_role("slider", name="Step")
    slider.press("End")
    return table(page)


def table(page: Page) -> list[dict[str, str]]:
    """As it is copied: with all digits."""
    button(page, "Copy as CSV").click()
    expect(said(page)).to_have_text("The table is copied.")
    text = page.evaluate("navigator.clipboard.readText()")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_the_front_page_s_race_is_there_at_once_and_asks_for_no_python(
    visit: Callable[..., Page],
) -> None:
    page = visit()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    rows = at_the_end(page)
    assert [row["contender"] for row in rows] == ["SGD", "momentum", "RMSprop", "Adam"]
    assert_rows(rows, FRONT)
    assert not [url for url in asked if "/runtime/" in url]


def test_a_click_on_the_front_page_s_picture_opens_it(visit: Callable[..., Page]) -> None:
    page = visit(path="")
    link = page.get_by_role("link", name="Four optimizers on one loss")
    link.click()
    expect(page.locator(".race-table tbody tr")).to_have_count(4)
    assert page.url.endswith(f"race/#{FRONT}")
    assert_rows(at_the_end(page), FRONT)


def assert_rows(rows: list[dict[str, str]], fragment: str) -> None:
    """What the table says is what pylib computes here, number by number."""
    fields = [part.split("=", 1) for part in fragment.split("&")]
    given = dict(fields)
    names = {"condition", "angle"} & set(given)
    settings = {name: float(given[name]) for name in names}
    start = [float(x) for x in given["start"].split(",")] if "start" in given else None
    batch = int(given["batch"]) if "batch" in given else None
    noise, seed = float(given.get("noise", 0)), int(given.get("seed", 0))
    track = course(given["on"], settings, start, noise, batch, seed)
    by: Any = given.get("by", "steps")
    entries = [value.split(",") for name, value in fields if name == "c"]
    assert len(rows) == len(entries)
    for row, (name, *parts) in zip(rows, entries, strict=True):
        own = {key: read(value) for key, value in (part.split(":") for part in parts)}
        who = contender(name, own.pop("lr"), schedule=own.pop("schedule", "constant"), settings=own)
        here = run(track, who, int(given["for"]), by)
        assert int(row["steps"]) == len(here.lrs), name
        assert int(row["gradients"]) == here.evaluations[-1], name
        # Browsers' exp and sin differ in the last digit.
        assert float(row["loss"]) == pytest.approx(here.losses[-1], rel=1e-6, abs=1e-12), name
        away = next(value for key, value in row.items() if key.startswith("distance"))
        assert float(away) == pytest.approx(here.distances[-1], rel=1e-6, abs=1e-9), name
        assert row["note"] == (here.stopped or "")


def read(value: str) -> Any:
    """A setting as a link has it: a number, two of them, or a word."""
    if "/" in value:
        return [float(x) for x in value.split("/")]
    return json.loads(value) if re.fullmatch(r"[-\d.e]+|true|false", value) else value


RACES = [
    "on=Rosenbrock&for=120&by=evaluations&c=SGD,lr:0.001,momentum:0.9,nesterov:true"
    "&c=Adam,lr:0.1,betas:0.8/0.99,schedule:cosine&c=LBFGS,lr:0.5,line_search_fn:strong_wolfe",
    "on=logistic&batch=16&seed=3&for=60&c=AdamW,lr:0.1&c=Adagrad,lr:0.5&c=RMSprop,lr:0.05",
    "on=network&batch=32&for=60&c=SGD,lr:0.5,momentum:0.9&c=Adam,lr:0.05&c=Lion,lr:0.01"
    "&c=NAdam,lr:0.05&c=RAdam,lr:0.05&c=Adamax,lr:0.05",
    "on=Himmelblau&noise=2&seed=5&for=80&c=SGD,lr:0.01,schedule:linear&c=Rprop,lr:0.1",
    "on=Rosenbrock&for=50&c=SGD,lr:0.5&c=Adam,lr:0.1",
]


def test_every_race_is_the_one_that_pylib_runs_here(visit: Callable[..., Page]) -> None:
    page = visit(RACES[0])
    for fragment in RACES:
        page.evaluate("fragment => { location.hash = fragment; }", fragment)
        expect(said(page)).to_contain_text("Press “Run the race”")
        assert_rows(race(page), fragment)


def test_the_picture_and_the_table_are_at_one_moment(visit: Callable[..., Page]) -> None:
    """By mouse, by keyboard and in words."""
    page = visit()
    caption = page.locator(".race-table caption")
    slider = page.get_by_role("slider", name="Step")
    expect(caption).to_have_text("After 22 of 22 steps")
    slider.press("Home")
    slider.press("ArrowRight")
    slider.press("ArrowRight")
    expect(caption).to_have_text("After 2 of 22 steps")
    button(page, "Step").click()
    expect(caption).to_have_text("After 3 of 22 steps")
    button(page, "Back").press("Enter")
    expect(caption).to_have_text("After 2 of 22 steps")
    track = course("Quadratic", {"condition": 12, "angle": -26}, [-2.6, 2.0])
    here = run(track, contender("SGD", 0.13), 2)
    told = page.locator(".race-unseen")
    expect(told).to_contain_text("After 2 of 22 steps. ")
    expect(told).to_contain_text(f"SGD: loss {here.losses[-1]:.4g}, distance")
    assert float(table(page)[0]["loss"]) == pytest.approx(here.losses[-1])
    box = slider.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(caption).to_have_text("After 11 of 22 steps")


def test_it_plays_by_touch_and_tells_at_most_once_a_second(visit: Callable[..., Page]) -> None:
    page = visit(
        viewport={"width": 360, "height": 740}, has_touch=True, reduced_motion="no-preference"
    )
    page.evaluate(
        """() => {
          window.told = [];
          const region = document.querySelector(".race-unseen");
          new MutationObserver(() => told.push(performance.now())).observe(region,
            { childList: true, characterData: true, subtree: true });
        }"""
    )
    play = page.locator(".race-player button").first
    expect(play).to_have_text("Pause")  # it began by itself
    play.tap()
    expect(play).to_have_text("Play")
    slider = page.get_by_role("slider", name="Step")
    for _ in range(30):
        slider.press("ArrowRight")
        page.wait_for_timeout(40)
    play.tap()
    expect(play).to_have_text("Play", timeout=20_000)  # at its end
    expect(page.locator(".race-table caption")).to_have_text("After 22 of 22 steps")
    page.wait_for_timeout(1200)
    times = page.evaluate("told")
    assert len(times) >= 2
    assert min(later - before for before, later in pairwise(times)) > 950


def test_nothing_moves_where_motion_is_not_wanted(visit: Callable[..., Page]) -> None:
    page = visit()
    expect(page.locator(".race-player button").first).to_have_text("Play")
    expect(page.locator(".race-table caption")).to_have_text("After 22 of 22 steps")
    home = visit(path="")
    assert home.evaluate("document.getAnimations().length") == 0
    expect(home.get_by_label("Pause")).to_be_hidden()


def test_the_front_page_s_picture_plays_and_can_be_paused(visit: Callable[..., Page]) -> None:
    page = visit(path="", reduced_motion="no-preference")
    states = """() => document.getAnimations()
      .filter(({ effect }) => effect.target.closest(".hero__figure")).map((one) => one.playState)"""
    assert page.evaluate(states) == ["running"] * 8
    page.get_by_label("Pause").check()
    assert page.evaluate(states) == ["paused"] * 8


def test_tuning_gives_each_the_same_trials_and_its_best_rate(visit: Callable[..., Page]) -> None:
    fragment = "on=Beale&for=80&c=SGD,lr:0.001,momentum:0.9&c=Adam,lr:0.001&c=LBFGS,lr:1"
    page = visit(fragment)
    button(page, "Tune all, 12 trials each").click()
    expect(said(page)).to_contain_text("Best of 12 rates each", timeout=PATIENCE_MS)
    rows = at_the_end(page)
    track = course("Beale")
    for row, (name, own) in zip(
        rows, (("SGD", {"momentum": 0.9}), ("Adam", {}), ("LBFGS", {})), strict=True
    ):
        best = min(tune(track, contender(name, settings=own), 80), key=lambda trial: trial.score)
        assert float(row["lr"]) == pytest.approx(best.lr, rel=1e-3), name
    assert page.get_by_label("lr", exact=True).first.input_value() == rows[0]["lr"]


def test_the_table_sorts(visit: Callable[..., Page]) -> None:
    page = visit()
    for name, column in (("loss", "loss"), ("contender", "contender")):
        for direction in ("ascending", "descending"):
            head = page.locator(".race-table th", has=page.get_by_role("button", name=name))
            head.get_by_role("button").click()
            expect(head).to_have_attribute("aria-sort", direction)
            values = [row[column] for row in table(page)]
            key: Any = float if name == "loss" else str
            assert values == sorted(values, key=key, reverse=direction == "descending")


def write(page: Page, code: str) -> None:
    cell = page.locator("py-cell#your-optimizer")
    cell.scroll_into_view_if_needed()
    cell.locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(code)


def run_cell(page: Page) -> None:
    page.locator("py-cell#your-optimizer .cell-run").click()
    expect(page.locator("py-cell#your-optimizer[data-state=done]")).to_be_visible(
        timeout=PATIENCE_MS
    )


def test_an_optimizer_of_one_s_own_joins_and_travels_by_link_but_does_not_run_there(
    visit: Callable[..., Page],
) -> None:
    page = visit("on=Quadratic&for=30&c=SGD,lr:0.05")
    write(page, OWN)
    run_cell(page)
    expect(said(page)).to_have_text("Mine has joined. Run the race to see it.", timeout=60_000)
    page.get_by_label("lr", exact=True).last.fill("0.05")
    page.get_by_label("lr", exact=True).last.press("Tab")
    theirs, mine = race(page)
    assert (mine["contender"], mine["loss"]) == ("Mine", theirs["loss"])
    # One that fails leaves the race to the others.
    write(page, OWN.replace("self.lr * g", "self.lr * grad"))
    run_cell(page)
    expect(said(page)).to_contain_text("Mine is another one now", timeout=60_000)
    theirs, mine = race(page)
    assert mine["note"] == "line 7: NameError: name 'grad' is not defined"
    assert float(theirs["loss"]) > 0
    button(page, "Copy link").click()
    expect(said(page)).to_contain_text("The link is copied")
    link = page.evaluate("navigator.clipboard.readText()")
    other = visit(link.partition("#")[2])
    asked: list[str] = []
    other.on("request", lambda request: asked.append(request.url))
    cell = other.locator("py-cell#your-optimizer")
    cell.scroll_into_view_if_needed()
    expect(cell).to_contain_text("self.lr * grad")
    expect(cell).to_contain_text("This code came with the link")
    other.wait_for_timeout(1500)
    assert cell.get_attribute("data-state") == "idle"
    assert other.locator(".race-table tr").count() == 0


def handle(page: Page) -> Locator:
    return page.get_by_role("slider", name="Start of the race")


def middle(page: Page) -> tuple[float, float]:
    box = handle(page).bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def start(page: Page) -> list[float]:
    """What the form says, which is what the ring says."""
    fields = [page.get_by_label(f"start, {axis}") for axis in "xy"]
    words = ", ".join(field.input_value() for field in fields)
    expect(handle(page)).to_have_attribute("aria-valuetext", f"start at {words}")
    return [float(field.input_value()) for field in fields]


def fragment_of(page: Page) -> str:
    """What the page's link says of the race as it stands."""
    button(page, "Copy link").click()
    expect(said(page)).to_contain_text("The link is copied")
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text.partition("#")[2]


def drag(page: Page, by: tuple[float, float]) -> None:
    handle(page).evaluate("node => node.scrollIntoView({ block: 'center' })")
    x, y = middle(page)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by[0] / 2, y + by[1] / 2, steps=4)
    page.mouse.move(x + by[0], y + by[1], steps=4)
    assert middle(page) == pytest.approx((x + by[0], y + by[1]), abs=1.5)
    page.mouse.up()


def test_the_start_is_dragged_and_the_race_follows(visit: Callable[..., Page]) -> None:
    page = visit()
    drag(page, (120, 60))
    x, y = start(page)
    assert x > -2.6 and y < 2
    expect(page.locator("optimizer-race[data-stale]")).to_be_visible()
    expect(said(page)).to_have_text("The settings have changed. Run the race to see it.")
    rows = race(page)
    assert_rows(rows, fragment_of(page))
    assert start(page) == [x, y]
    # Python is there now, and quick: no click is needed any more, and nothing scrolls.
    race(page)
    handle(page).evaluate("node => node.scrollIntoView({ block: 'center' })")
    scrolled = page.evaluate("scrollY")
    drag(page, (150, 150))
    expect(page.locator("optimizer-race[data-stale]")).to_have_count(0, timeout=60_000)
    assert start(page) != [x, y]
    assert page.evaluate("scrollY") == scrolled
    assert_rows(at_the_end(page), fragment_of(page))


def test_the_start_is_moved_by_keys(visit: Callable[..., Page]) -> None:
    page = visit("on=Himmelblau&for=40&c=SGD,lr:0.01&c=Adam,lr:0.1")
    assert handle(page).count() == 0  # where nothing is seen
    race(page)
    race(page)  # the first one starts Python, and is slow
    assert start(page) == [0, -4]
    handle(page).focus()
    page.keyboard.press("ArrowRight")
    assert start(page)[0] > 0 and start(page)[1] == -4
    page.keyboard.press("Shift+ArrowUp")
    assert start(page)[1] > -3
    expect(handle(page)).to_be_focused()
    expect(page.locator("optimizer-race[data-stale]")).to_have_count(0, timeout=60_000)
    for _ in range(60):  # to the edge, and no further; asked faster than answered
        page.keyboard.press("ArrowLeft")
    expect(page.locator("optimizer-race[data-stale]")).to_have_count(0, timeout=60_000)
    least = float(handle(page).get_attribute("aria-valuemin") or 0)
    assert start(page)[0] == pytest.approx(least, abs=0.01)
    page.keyboard.press("ArrowLeft")
    assert start(page)[0] == pytest.approx(least, abs=0.01)
    assert_rows(at_the_end(page), fragment_of(page))


def test_the_start_is_dragged_by_finger(visit: Callable[..., Page]) -> None:
    page = visit(viewport={"width": 360, "height": 740}, has_touch=True)
    handle(page).scroll_into_view_if_needed()
    x, y = middle(page)
    send = finger(page)
    before = page.evaluate("scrollY")
    send("touchStart", (x + 9, y - 7))  # a finger is not exact, and the ring does not jump to it
    for part in range(1, 6):
        send("touchMove", (x + 9 + 10 * part, y - 7 + 12 * part))
    send("touchEnd")
    assert middle(page) == pytest.approx((x + 50, y + 60), abs=2)
    assert page.evaluate("scrollY") == before
    assert start(page) != [-2.6, 2]
    # Where the picture has another size, the ring is at the same point of it.
    there = start(page)
    page.set_viewport_size({"width": 700, "height": 740})
    expect(handle(page)).to_be_visible()
    assert start(page) == there


def test_what_has_no_such_start_has_no_ring(visit: Callable[..., Page]) -> None:
    page = visit()
    expect(handle(page)).to_be_visible()
    course_field = page.get_by_role("combobox", name="on", exact=True)
    course_field.select_option("logistic")
    expect(handle(page)).to_be_hidden()
    course_field.select_option("Quadratic")
    expect(handle(page)).to_be_visible()
    page.evaluate("location.hash = 'on=network&for=20&c=Adam,lr:0.05'")
    race(page)
    expect(handle(page)).to_be_hidden()


def test_a_search_that_is_stopped_changes_no_rate(visit: Callable[..., Page]) -> None:
    page = visit("on=network&for=5000&c=SGD,lr:0.123&c=Adam,lr:0.0456")
    button(page, "Tune all, 12 trials each").click()
    expect(said(page)).to_contain_text("Tuning SGD, 1 of 2. Python computes.", timeout=60_000)
    button(page, "Stop").click()
    expect(said(page)).to_have_text("Stopped.")
    rates = page.get_by_label("lr", exact=True)
    assert [field.input_value() for field in rates.all()] == ["0.123", "0.0456"]
    assert fragment_of(page).endswith("c=SGD,lr:0.123&c=Adam,lr:0.0456")


def test_what_is_asked_meanwhile_follows(visit: Callable[..., Page]) -> None:
    """A cell that is run, and a link that is opened, while Python computes a race."""
    page = visit("on=network&for=2000&c=SGD,lr:0.1")
    write(page, OWN)
    button(page, "Run the race").click()
    expect(said(page)).to_have_text("Python computes.", timeout=60_000)
    run_cell(page)
    expect(said(page)).to_contain_text("Mine has joined.", timeout=60_000)
    button(page, "Run the race").click()
    expect(said(page)).to_have_text("Python computes.")
    page.evaluate("location.hash = 'on=Beale&for=30&c=Adam,lr:0.1'")
    expect(page.locator(".race-contenders > div")).to_have_count(1, timeout=60_000)
    assert_rows(race(page), "on=Beale&for=30&c=Adam,lr:0.1")


def test_what_is_shown_is_told_as_it_was_run(visit: Callable[..., Page]) -> None:
    """While it plays, settings change and contenders go."""
    page = visit(reduced_motion="no-preference")
    page.get_by_label("equal for all").select_option("evaluations")
    page.get_by_role("button", name="Remove SGD").click()
    page.get_by_label("how many").fill("7")
    page.get_by_label("how many").press("Tab")
    page.get_by_role("slider", name="Step").press("End")
    expect(page.locator(".race-table caption")).to_have_text("After 22 of 22 steps")
    assert_rows(table(page), FRONT)
    # All that was asked in vain is one race.
    for _ in range(12):
        button(page, "Run the race").click()
    rows = at_the_end(page)
    expect(page.locator(".race-table caption")).to_have_text("After 7 of 7 gradient evaluations")
    assert [row["contender"] for row in rows] == ["momentum", "RMSprop", "Adam"]


def test_a_page_that_is_loaded_anew_has_the_race_that_ran_last(visit: Callable[..., Page]) -> None:
    page = visit()
    page.get_by_label("how many").fill("31")
    button(page, "Run with these settings").click()
    rows = at_the_end(page)
    expect(page.locator(".race-views")).to_be_in_viewport()
    page.reload()
    expect(page.get_by_label("how many")).to_have_value("31")
    assert race(page) == rows


def test_where_nobody_can_run_the_words_are_there_and_no_picture(
    visit: Callable[..., Page],
) -> None:
    page = visit("on=Beale&for=20&c=own:Größe,lr:0.001")
    expect(said(page)).to_contain_text("Read its code below and run it")
    for part in (".race-views", ".race-player"):
        expect(page.locator(part)).to_be_hidden()
    expect(button(page, "Copy as CSV")).to_be_hidden()
    button(page, "Run the race").click()
    note = page.locator(".race-table td").last
    missing = "there is no class Größe yet; run the cell that makes it"
    expect(note).to_have_text(missing, timeout=PATIENCE_MS)
    expect(page.locator(".race-unseen")).to_contain_text(f"Größe: {missing}")
    expect(page.locator(".race-views")).to_be_hidden()
    write(page, OWN.replace("Mine", "Größe"))
    run_cell(page)
    expect(said(page)).to_contain_text("Größe is another one now.", timeout=60_000)
    (mine,) = race(page)
    assert float(mine["loss"]) < 14
    expect(page.locator(".race-views")).to_be_visible()


HOSTILE = [
    "on=<img src=x onerror=window.hacked=1>&c=SGD",
    "on=Quadratic&c=own:x');window.hacked=1;//",
    "on=Quadratic&for=99999999&c=SGD",
    "on=Quadratic&c=__proto__",
    "on=Quadratic&c=SGD,__proto__:1",
    "on=Quadratic&%E0%A4%A&c=SGD",
]


@pytest.mark.parametrize("fragment", HOSTILE)
def test_a_link_that_holds_no_race_is_refused_in_words(
    visit: Callable[..., Page], fragment: str
) -> None:
    page = visit(fragment)
    expect(said(page)).to_contain_text("The race of this link could not be read: ")
    expect(page.locator(".race-table tbody tr")).to_have_count(4)  # the front page's
    assert page.locator("optimizer-race img").count() == 0


def test_what_is_no_number_is_said_and_not_run(visit: Callable[..., Page]) -> None:
    page = visit()
    field = page.get_by_label("how many")
    field.fill("many")
    field.press("Tab")
    expect(field).to_have_attribute("aria-invalid", "true")
    button(page, "Run the race").click()
    expect(said(page)).to_have_text(
        "Not a race yet: how many is “many”, and not a number from 1 to 5000."
    )
    field.fill("30")
    field.press("Tab")
    expect(page.locator(".race-problem")).to_be_empty()
    # What was wrong in a field that is gone is wrong no more.
    field.fill("many")
    field.press("Tab")
    page.get_by_role("combobox", name="on", exact=True).select_option("Beale")
    expect(page.locator(".race-problem")).to_be_empty()
    expect(field).to_have_value("30")


def test_up_to_six_contenders(visit: Callable[..., Page]) -> None:
    page = visit()
    add = button(page, "Add a contender")
    add.click()
    add.click()
    rows = page.locator(".race-contenders > div")
    expect(rows).to_have_count(6)
    expect(add).to_have_attribute("aria-disabled", "true")
    expect(page.locator("optimizer-race[data-stale]")).to_be_visible()
    page.get_by_role("button", name="Remove SGD").click()
    expect(rows).to_have_count(5)
    expect(add).not_to_have_attribute("aria-disabled", "true")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 360, 640, 1280])  # 640: 1280 at 200 %
def test_it_fits_and_its_curves_are_seen(
    visit: Callable[..., Page], scheme: str, width: int
) -> None:
    page = visit(viewport={"width": width, "height": 900}, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    colours = """() => [...document.querySelectorAll(".race-stage")].map((stage) => {
      const canvas = stage.querySelectorAll("canvas")[1];
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      const found = new Map();
      for (let at = 0; at < data.length; at += 4)
        if (data[at + 3] === 255) {
          const key = data.slice(at, at + 3).join();
          found.set(key, (found.get(key) ?? 0) + 1);
        }
      return [...found].filter(([, many]) => many > 40).length;
    })"""
    assert all(many >= 4 for many in page.evaluate(colours))
    names = """() => [...document.querySelectorAll(
        "optimizer-race :is(input, select, button), .race-stage")]
      .filter((one) => !(one.labels?.length || one.textContent.trim() && one.matches("button"))
        && !one.getAttribute("aria-label")).length"""
    assert page.evaluate(names) == 0


def test_what_the_build_ran_is_what_the_page_shows_first(built: Path) -> None:
    first = json.loads((built / "race" / "first.json").read_text("utf-8"))
    assert first["text"] == FRONT
    assert all(math.isfinite(loss) for one in first["answer"]["runs"] for loss in one["loss"])
    home = (built / "index.html").read_text("utf-8")
    assert re.search(r'<a href="race/#on=[^"]+"><svg', home)


@pytest.mark.parametrize("path", ["race/", ""])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing(visit: Callable[..., Page], width: int, scheme: str, path: str) -> None:
    size = {"width": width, "height": 900}
    page = visit(path=path, viewport=size, color_scheme=scheme, bypass_csp=True)
    page.evaluate((NODE_MODULES / "axe-core" / "axe.min.js").read_text("utf-8"))
    if path:
        drag(page, (20, 20))  # what is old is seen as such, and is read all the same
    found = page.evaluate(
        """async (place) => (await axe.run({ include: [place] })).violations.map(
          ({ id, nodes }) => [id, nodes.map(({ html }) => html)])""",
        "optimizer-race" if path else ".hero",
    )
    assert found == []
