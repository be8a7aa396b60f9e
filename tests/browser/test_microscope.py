"""The microscope in a real browser, with a CPython behind the worker: views, numbers, moves."""

import inspect
import itertools
import json
import re
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from bench.site import wait_until
from pylib import optimizers
from pylib.kernel import execute
from pylib.microscope.row_matrix import for_points
from pylib.optimizers import SGD, Adam
from pylib.surfaces import Quadratic
from pylib.training import minimize
from site_hooks.content import outputs, render
from site_hooks.paths import CACHE, NODE_MODULES
from tests.browser.conftest import finger
from tests.browser.test_cell import cell, editor, expect_state, write
from tests.conftest import Collect

LAB = Path("docs/labs/microscope.md")
HEAD = """<!doctype html>
<html lang="en" class="js"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The microscope</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="assets/stylesheets/main.css">
<link rel="stylesheet" href="assets/stylesheets/colours.css">
<link rel="stylesheet" href="assets/client/cell.css">
<script type="module" src="assets/client/index.js"></script></head>
<body data-md-color-scheme="default"><div class="md-container"><main class="md-main">
<div class="md-main__inner md-grid"><div class="md-content">
<article class="md-content__inner md-typeset"><h1>The microscope</h1>
"""
STEPS = """async figure => {
  const range = figure.querySelector(".scope-bar input");
  const told = [];
  for (let step = 0; step <= Number(range.max); step += 1) {
    range.value = String(step);
    range.dispatchEvent(new Event("input", { bubbles: true }));
    const rows = [...figure.querySelectorAll("tr[data-q]")];
    told.push(Object.fromEntries(rows.map(({ dataset: { q, value } }) => [q, value])));
  }
  return told;
}"""
LIT = """(figure) => [...figure.querySelectorAll(".scope-panel")].map((panel) => [
  [...panel.querySelectorAll("[data-lit]")].map((node) => node.getAttribute("data-q")),
  panel.querySelector(".scope-lit").textContent])"""
CLASSES = [name for name in optimizers.__all__ if name not in ("GradientOptimizer", "Optimizer")]
# What the page's cell begins with, for each of them.
FIRST: dict[str, dict[str, Any]] = {
    "SGD": {"lr": 0.05, "momentum": 0.8},
    "Adagrad": {"lr": 0.4},
    "Adadelta": {"lr": 20.0},
    "Rprop": {"lr": 0.1},
    "ScheduleFreeSGD": {"lr": 0.1},
    "LBFGS": {"lr": 1.0, "max_iter": 1, "line_search_fn": "strong_wolfe"},
}


@pytest.fixture(scope="module")
def lab(fake_python: Path, serve: Callable[[Path], str], collect: Collect) -> str:
    """The cells of the lab's page, with what the build makes of them; returns its address."""
    own = collect(LAB.read_text("utf-8"), "labs/microscope", str(LAB))
    events = outputs.run(own, CACHE / "outputs")
    html, files = render.page(own, events, "./")
    colours = Path("site_hooks/theme/assets/stylesheets/colours.css").read_bytes()
    files["assets/stylesheets/colours.css"] = colours
    files["microscope.html"] = f"{HEAD}{''.join(html)}</article></div></div></main></div>".encode()
    for name, content in files.items():
        path = fake_python / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return f"{serve(fake_python)}/microscope.html"


def answer(route: Route) -> None:
    """Runs what the stand-in for the worker was asked to."""
    request = json.loads(route.request.post_data or "")
    events: list[dict[str, Any]] = []
    execute.run(request["source"], {}, events.append, cell=request["cell"], live=request["live"])
    route.fulfill(json=[event for event in events if "png" not in event])


@pytest.fixture
def scope(page: Page, lab: str) -> Locator:
    """The microscope of the lab, as it stands before Python is there."""
    return open_lab(page, lab)


def open_lab(page: Page, lab: str) -> Locator:
    page.route("**/python.json", answer)
    page.goto(lab)
    figure = page.locator("#microscope figure.scope")
    expect(figure.locator(".scope-count")).to_have_text("1 of 60")
    return figure


def control(scope: Locator, label: str) -> Locator:
    return scope.page.locator("#microscope").get_by_label(label, exact=True)


def go_to(scope: Locator, step: int) -> None:
    scope.get_by_role("slider", name="Step", exact=True).fill(str(step))


def numbers(scope: Locator, key: str) -> list[float]:
    text = scope.locator(f"tr[data-q='{key}']").get_attribute("data-value") or ""
    return [float(part) for part in text.split()]


def choose(scope: Locator, name: str) -> None:
    control(scope, "optimizer").select_option(name)
    expect(scope.locator("canvas")).to_have_attribute("aria-label", re.compile(f"^{name} on "))
    expect_state(scope.page, "microscope", "done")


def test_it_plays_before_python_is_there_with_the_numbers_of_minimize(scope: Locator) -> None:
    expect_state(scope.page, "microscope", "idle")
    trace = minimize(Quadratic(), Adam, [-1.8, 1.2], 60, lr=0.2, keep_state=True)
    told = scope.evaluate(STEPS)
    assert len(told) == 61
    assert told[0]["w"] == "-1.8 1.2"
    assert told[0]["g"] == ""  # nothing was worked out yet
    for step, row in enumerate(told[1:]):
        assert [float(part) for part in row["w"].split()] == trace.path[step + 1].tolist()
        held = [float(part) for part in row["state.exp_avg"].split()]
        assert held == trace.state["exp_avg"][step].tolist()


@pytest.mark.parametrize("name", CLASSES)
def test_every_optimizer_has_the_numbers_of_minimize_at_every_step(
    scope: Locator, name: str
) -> None:
    if name != "Adam":
        choose(scope, name)
    own = {"lr": 0.2} | FIRST.get(name, {})
    kind = for_points(getattr(optimizers, name))
    trace = minimize(Quadratic(), kind, [-1.8, 1.2], 60, keep_state=True, report=None, **own)
    told = scope.evaluate(STEPS)
    assert len(told) == len(trace.lrs) + 1
    columns = {f"state.{entry}": array for entry, array in trace.state.items()}
    if not name.startswith("ScheduleFree"):
        columns["w"] = trace.path[1:]
        columns["step"] = np.diff(trace.path, axis=0)
    assert columns
    for key, array in columns.items():
        shown = [[float(part) for part in row[key].split()] for row in told[1:]]
        assert shown == array.reshape(len(array), -1).tolist(), key


def test_the_formula_and_the_source_are_those_of_the_class(scope: Locator) -> None:
    expect(scope.locator(".scope-formulas li")).to_have_count(5)
    source = scope.locator(".scope-source code").evaluate(
        "code => [...code.querySelectorAll('.scope-line')].map((line) => {"
        "const copy = line.cloneNode(true);"
        "for (const made of copy.querySelectorAll('.scope-made')) made.remove();"
        "return copy.textContent; }).join('')"
    )
    assert source == textwrap.dedent(inspect.getsource(Adam._update))
    skipped = scope.locator(".scope-line[data-skipped]").all_inner_texts()
    assert [line.strip() for line in skipped] == [
        'g = g + group["weight_decay"] * w',
        'v = np.maximum(state["max_exp_avg_sq"], v, out=state["max_exp_avg_sq"])',
    ]
    go_to(scope, 1)
    expect(scope.locator(".scope-line", has_text="m_hat = m")).to_contain_text("−1.8, 12")


@pytest.mark.parametrize(
    ("where", "key"),
    [
        (".scope-formulas [data-q='m_hat'] >> nth=0", "m_hat"),
        (".scope-source [data-q='state.exp_avg_sq'] >> nth=0", "state.exp_avg_sq"),
        (".scope-bar-row[data-q=g] .scope-bar-label", "g"),
        (".scope-arrow[data-q=step] .scope-hit", "step"),
        ("tr[data-q='set.lr'] button", "set.lr"),
    ],
)
def test_a_touch_lights_the_quantity_in_all_four_views_with_its_number(
    scope: Locator, where: str, key: str
) -> None:
    go_to(scope, 3)
    scope.locator(where).click(force=True)
    scope.page.mouse.move(0, 0)
    shown = numbers(scope, key)
    views = scope.evaluate(LIT)
    assert len(views) == 4
    for place, (lit, words) in enumerate(views):
        assert set(lit) <= {key}
        # A setting is no arrow, but its number stands there too.
        assert lit or (key == "set.lr" and place == 0), place
        first = words.split("= ")[1].split(", ")[0].replace("−", "-")
        assert float(first) == pytest.approx(shown[0], rel=1e-3)
    scope.locator(f"tr[data-q='{key}'] button").click()
    scope.page.mouse.move(0, 0)
    assert all(not lit and not words for lit, words in scope.evaluate(LIT))


def test_play_step_back_and_the_scrubber(scope: Locator) -> None:
    count = scope.locator(".scope-count")
    scope.get_by_role("button", name="Step", exact=True).click()
    expect(count).to_have_text("2 of 60")
    scope.get_by_role("button", name="Back").click()
    expect(count).to_have_text("1 of 60")
    scope.get_by_role("button", name="Play").click()
    expect(count).to_have_text(re.compile(r"^([4-9]|\d\d) of 60"))
    scope.get_by_role("button", name="Pause").click()
    held = count.inner_text()
    scope.page.wait_for_timeout(300)
    assert count.inner_text() == held
    go_to(scope, 58)
    scope.get_by_role("button", name="Play").click()
    expect(count).to_have_text("60 of 60")
    expect(scope.get_by_role("button", name="Play")).to_be_visible()
    slider = scope.get_by_role("slider", name="Step", exact=True)
    slider.focus()
    scope.page.keyboard.press("Home")
    expect(count).to_have_text("0 of 60")
    scope.page.keyboard.press("ArrowRight")
    expect(count).to_have_text("1 of 60")
    expect(slider).to_have_attribute("aria-valuetext", "1 of 60")


def test_a_bar_goes_to_its_step(scope: Locator) -> None:
    strip = scope.locator(".scope-bar-row[data-q=g] svg").first
    strip.scroll_into_view_if_needed()
    box = strip.bounding_box()
    assert box
    scope.page.mouse.click(box["x"] + box["width"] * 0.501, box["y"] + box["height"] / 2)
    expect(scope.locator(".scope-count")).to_have_text("31 of 60")
    scope.page.mouse.click(box["x"] + box["width"] * 0.801, box["y"] + box["height"] / 2)
    expect(scope.locator(".scope-count")).to_have_text("49 of 60")
    expect(scope.locator("tr[data-q=g] button")).to_have_attribute("aria-pressed", "true")


def handle(scope: Locator) -> Locator:
    return scope.get_by_role("slider", name="Start of the walk")


def code_of(scope: Locator) -> str:
    own = scope.page.locator("#microscope")
    if own.get_by_role("button", name="Show code").count():
        own.get_by_role("button", name="Show code").click()
    return editor(scope.page, "microscope").inner_text()


def start_in_code(scope: Locator) -> list[float]:
    text = code_of(scope)
    found = re.search(r"start = \[(.*?)\]", text)
    assert found
    return [float(part) for part in found[1].split(",")]


def middle(scope: Locator) -> tuple[float, float]:
    scope.locator(".scope-path").scroll_into_view_if_needed()
    box = handle(scope).locator(".scope-ring").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def rest(scope: Locator) -> None:
    """Until the run that follows the last move has come to its end."""
    scope.page.wait_for_timeout(400)
    wait_until(scope.page, "!document.querySelector('#microscope [aria-busy]')")
    expect_state(scope.page, "microscope", "done")


def test_the_start_is_dragged_by_mouse(scope: Locator) -> None:
    x, y = middle(scope)
    mouse = scope.page.mouse
    mouse.move(x + 6, y - 5)  # where it is taken it stays under the pointer
    mouse.down()
    mouse.move(x + 66, y + 35, steps=6)
    mouse.move(x + 126, y + 85, steps=6)
    other_finger = "new PointerEvent('pointermove', { pointerId: 77, clientX: 9, clientY: 9 })"
    scope.page.evaluate(f"dispatchEvent({other_finger})")
    mouse.up()
    rest(scope)
    expect(handle(scope)).not_to_have_attribute("aria-valuetext", "start at −1.8, 1.2")
    now = middle(scope)
    assert now == pytest.approx((x + 120, y + 90), abs=1.5)
    go_to(scope, 0)
    assert numbers(scope, "w") == start_in_code(scope)
    assert numbers(scope, "w")[0] > -1.8
    assert numbers(scope, "w")[1] < 1.2


def test_the_start_is_moved_by_keys(scope: Locator) -> None:
    handle(scope).focus()
    scope.page.keyboard.press("ArrowRight")
    expect(handle(scope)).to_have_attribute("aria-valuetext", "start at −1.7, 1.2")
    scope.page.keyboard.press("Shift+ArrowDown")
    expect(handle(scope)).to_have_attribute("aria-valuetext", "start at −1.7, 0.7")
    expect(handle(scope)).to_be_focused()
    expect_state(scope.page, "microscope", "done")
    assert start_in_code(scope) == [-1.7, 0.7]


def test_the_start_goes_along_while_python_is_busy(scope: Locator) -> None:
    held: list[Route] = []
    scope.page.route("**/python.json", lambda route: held.append(route))
    handle(scope).focus()
    with scope.page.expect_request("**/python.json"):
        for _ in range(4):
            scope.page.keyboard.press("ArrowRight")
    expect(handle(scope)).to_have_attribute("aria-valuetext", "start at −1.4, 1.2")
    scope.page.route("**/python.json", answer)
    for route in held:
        answer(route)
    rest(scope)
    expect(handle(scope)).to_have_attribute("aria-valuetext", "start at −1.4, 1.2")
    go_to(scope, 0)
    assert numbers(scope, "w") == start_in_code(scope) == [-1.4, 1.2]
    # What the code says later counts.
    text = code_of(scope)
    write(scope.page, "microscope", text.replace("start = [-1.4, 1.2]", "start = [0.5, 0.5]"))
    scope.page.keyboard.press("Control+Enter")
    expect(handle(scope)).to_have_attribute("aria-valuetext", "start at 0.5, 0.5")
    x, y = middle(scope)
    scope.page.mouse.move(x, y)
    scope.page.mouse.down()
    scope.page.mouse.move(x - 60, y - 40, steps=8)
    assert middle(scope) == pytest.approx((x - 60, y - 40), abs=1.5)
    scope.page.mouse.up()
    rest(scope)
    assert middle(scope) == pytest.approx((x - 60, y - 40), abs=1.5)


def test_the_start_is_dragged_by_finger(browser: Browser, lab: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 780}, has_touch=True)
    page = context.new_page()
    scope = open_lab(page, lab)
    x, y = middle(scope)
    send = finger(page)
    before = page.evaluate("scrollY")
    send("touchStart", (x, y))
    for part in range(1, 6):
        send("touchMove", (x + 10 * part, y + 8 * part))
    send("touchEnd")
    rest(scope)
    assert middle(scope) == pytest.approx((x + 50, y + 40), abs=2)
    assert page.evaluate("scrollY") == before
    context.close()


def test_settings_of_each_optimizer_are_kept_apart(scope: Locator) -> None:
    choose(scope, "SGD")
    settings = scope.get_by_role("group", name="Settings of SGD")
    expect(settings.get_by_label("momentum", exact=True)).to_have_value("0.8")
    settings.get_by_label("momentum", exact=True).fill("0.5")
    settings.get_by_label("nesterov", exact=True).check()
    expect(scope.locator(".scope-formulas")).to_contain_text("g")
    expect_state(scope.page, "microscope", "done")
    trace = minimize(Quadratic(), SGD, [-1.8, 1.2], 60, lr=0.05, momentum=0.5, nesterov=True)
    go_to(scope, 60)
    rest(scope)
    assert numbers(scope, "w") == trace.path[-1].tolist()
    choose(scope, "Adam")
    settings = scope.get_by_role("group", name="Settings of Adam")
    settings.get_by_label("lr", exact=True).fill("0.1")
    expect(scope.locator("tr[data-q='set.lr']")).to_have_attribute("data-value", "0.1")
    choose(scope, "SGD")
    expect(scope.get_by_label("momentum", exact=True)).to_have_value("0.5")
    start_in_code(scope)
    text = editor(scope.page, "microscope").inner_text()
    assert '{"SGD": {"momentum": 0.5, "nesterov": True}, "Adam": {"lr": 0.1}}' in text


def test_a_walk_of_earlier_settings_leaves_the_fields_as_they_are(scope: Locator) -> None:
    choose(scope, "SGD")
    rest(scope)
    asked: list[Route] = []
    scope.page.route("**/python.json", lambda route: asked.append(route))
    scope.get_by_label("momentum", exact=True).fill("0.5")
    scope.page.wait_for_timeout(300)
    (earlier,) = asked
    asked.clear()
    nesterov = scope.get_by_label("nesterov", exact=True)
    nesterov.check()
    answer(earlier)
    expect(scope.locator("tr[data-q='set.momentum']")).to_have_attribute("data-value", "0.5")
    assert nesterov.is_checked()
    scope.page.wait_for_timeout(300)
    scope.page.route("**/python.json", answer)
    for route in asked:
        answer(route)
    rest(scope)
    trace = minimize(Quadratic(), SGD, [-1.8, 1.2], 60, lr=0.05, momentum=0.5, nesterov=True)
    go_to(scope, 60)
    assert numbers(scope, "w") == trace.path[-1].tolist()


def test_surfaces_of_one_weight_and_back(scope: Locator) -> None:
    control(scope, "surface").select_option("DoubleWell")
    expect(scope.locator("canvas")).to_have_attribute("aria-label", re.compile("on DoubleWell"))
    expect_state(scope.page, "microscope", "done")
    handle(scope).focus()
    scope.page.keyboard.press("ArrowRight")
    expect(handle(scope)).to_have_attribute("aria-valuetext", "start at −1.7")
    expect_state(scope.page, "microscope", "done")
    control(scope, "surface").select_option("Quadratic")
    expect(handle(scope)).to_have_attribute("aria-valuetext", "start at −1.7, 1.2")


def test_a_walk_that_diverges_says_so(scope: Locator) -> None:
    scope.get_by_label("lr", exact=True)
    choose(scope, "SGD")
    scope.get_by_label("lr", exact=True).fill("1")
    expect(scope.locator(".scope-warning")).to_contain_text("Stopped at step")


def test_where_the_walk_leaves_the_picture_its_point_stays_at_the_edge(scope: Locator) -> None:
    note = scope.get_by_text("outside the picture")
    expect(note).to_be_hidden()
    choose(scope, "SGD")
    scope.get_by_label("lr", exact=True).fill("1")
    expect(scope.locator(".scope-warning")).to_contain_text("Stopped at step")
    go_to(scope, 99)
    expect(note).to_be_visible()
    inside = """figure => { const [over, here] = [".scope-over", ".scope-here"].map(
        (part) => figure.querySelector(part).getBoundingClientRect());
      return here.right > over.left && here.left < over.right && here.bottom > over.top &&
        here.top < over.bottom; }"""
    assert scope.evaluate(inside)
    go_to(scope, 0)
    expect(note).to_be_hidden()


@pytest.mark.parametrize("name", CLASSES)
def test_every_quantity_of_every_optimizer_is_lit_where_it_stands(
    scope: Locator, name: str
) -> None:
    if name != "Adam":
        choose(scope, name)
    go_to(scope, 7)
    # For each quantity, whether each view says its number, and whether its bars are there.
    told = scope.evaluate(
        """figure => [...figure.querySelectorAll("tr[data-q]")].map(({ dataset: { q } }) => {
          const press = () => figure.querySelector(`tr[data-q="${CSS.escape(q)}"] button`).click();
          press();
          const views = [...figure.querySelectorAll(".scope-panel")].map((panel) => [
            panel.querySelector(".scope-lit").textContent.split(" = ")[1],
            panel.querySelectorAll("[data-lit]").length]);
          const others = [...figure.querySelectorAll("[data-lit]")].filter(
            (one) => one.getAttribute("data-q") !== q).length;
          press();
          return [q, views, others];
        })"""
    )
    assert told
    for key, views, others in told:
        words = [word for word, _ in views]
        assert words[0], key
        assert len(set(words)) == 1, key
        assert views[1][1] > 0, (key, "bars")
        assert others == 0, key


def test_a_name_is_not_said_twice(scope: Locator) -> None:
    choose(scope, "LBFGS")
    names = """figure => [...figure.querySelectorAll("tr[data-q] button, .scope-bar-label")].map(
      (one) => ["math", ".scope-name"].map((part) => one.querySelector(part).textContent))"""
    assert all(sign != name for sign, name in scope.evaluate(names))


def test_settings_that_are_words_are_written_as_in_python(scope: Locator) -> None:
    choose(scope, "LBFGS")
    field = scope.get_by_label("line_search_fn", exact=True)
    expect(field).to_have_value("'strong_wolfe'")
    field.fill("None")
    expect(scope.locator(".scope-formulas")).to_contain_text("if\u00a0\u00a0not\u00a0searching")
    rest(scope)
    trace = minimize(Quadratic(), optimizers.LBFGS, [-1.8, 1.2], 60, lr=1.0, max_iter=1)
    told = scope.evaluate(STEPS)
    assert [float(part) for part in told[-1]["w"].split()] == trace.path[-1].tolist()
    field.fill("strong")  # a name is none of these
    expect(field).to_have_attribute("aria-invalid", "true")
    scope.page.wait_for_timeout(300)
    assert "strong}" not in code_of(scope)
    field.fill('"strong_wolfe"')
    expect(field).not_to_have_attribute("aria-invalid", "true")
    expect(scope.locator(".scope-formulas")).to_contain_text("searching")


def test_the_picture_is_as_tall_as_what_stands_beside_it(scope: Locator) -> None:
    for name in ("NAdam", "SGD"):
        choose(scope, name)
        rest(scope)
        low = """figure => [".scope-path-panel", ".scope-path canvas"].map(
          (part) => figure.querySelector(part).getBoundingClientRect().bottom)"""
        panel, picture = scope.evaluate(low)
        assert abs(panel - picture) <= 2, name


def test_it_plays_slower_and_faster_and_the_point_glides_where_motion_is_wanted(
    scope: Locator,
) -> None:
    places = """figure => new Promise((resolve) => {
      const seen = new Set(), here = figure.querySelector(".scope-here");
      const begin = performance.now();
      const look = (now) => {
        seen.add(`${here.getAttribute("cx")} ${here.getAttribute("cy")}`);
        if (now - begin < 700) requestAnimationFrame(look);
        else resolve([seen.size, figure.querySelector(".scope-bar input").valueAsNumber]);
      };
      figure.querySelector(".scope-play").click();
      requestAnimationFrame(look);
    })"""
    speed = scope.get_by_role("combobox", name="Speed")
    speed.select_option("0.25")
    seen, slow = scope.evaluate(places)
    assert slow in (2, 3)
    assert seen > 6
    scope.get_by_role("button", name="Pause").click()
    go_to(scope, 1)
    speed.select_option("4")
    assert scope.evaluate(places)[1] > 12
    scope.get_by_role("button", name="Pause").click()
    scope.page.emulate_media(reduced_motion="reduce")
    go_to(scope, 1)
    speed.select_option("1")
    seen, step = scope.evaluate(places)
    assert seen <= step


def test_a_rule_of_ones_own_is_taken_apart(page: Page, lab: str) -> None:
    open_lab(page, lab)
    cell(page, "own-rule").get_by_role("button", name=re.compile("^Run")).click()
    own = page.locator("#own-rule figure.scope")
    expect(own.locator(".scope-count")).to_have_text("1 of 40")
    expect(own.locator(".scope-source")).to_contain_text('v *= group["mu"]')
    expect(own.locator(".scope-formulas li")).to_have_count(2)
    code = LAB.read_text("utf-8").partition('run="own-rule"')[2].partition("\n")[2]
    changed = code.partition("```")[0].replace("w += v", "push = 2 * v\n        w += push")
    write(page, "own-rule", changed)
    page.keyboard.press("Control+Enter")
    expect(own.locator(".scope-formulas li")).to_have_count(3)
    go_to(own, 1)
    assert numbers(own, "push") == [2 * part for part in numbers(own, "state.speed")]
    x, y = 0.0, 0.0
    own.locator(".scope-path").scroll_into_view_if_needed()
    box = handle(own).locator(".scope-ring").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 50, y + 10, steps=4)
    page.mouse.up()
    expect(handle(own)).not_to_have_attribute("aria-valuetext", "start at −1.8, 1.2")
    settings = own.get_by_role("group", name="Settings of Heavy")
    settings.get_by_label("mu", exact=True).fill("0.5")
    expect(own.locator("tr[data-q='set.mu']")).to_have_attribute("data-value", "0.5")
    expect(editor(page, "own-rule")).to_contain_text('settings = {"Heavy": {"mu": 0.5}}')


def test_a_walk_that_cannot_begin_and_one_of_three_weights(page: Page, lab: str) -> None:
    open_lab(page, lab)
    cell(page, "own-rule").get_by_role("button", name=re.compile("^Run")).click()
    own = page.locator("#own-rule figure.scope")
    expect(own.locator(".scope-count")).to_have_text("1 of 40")
    head = """from pylib.microscope import dissect
from pylib.optimizers import SGD
from pylib.surfaces import Function
"""
    write(
        page,
        "own-rule",
        head + "away = Function(lambda w: float(w @ w), lambda w: w / 0)\n"
        "dissect(away, SGD, [1.0, 2.0], lr=0.1)",
    )
    page.keyboard.press("Control+Enter")
    expect(own.locator(".scope-warning")).to_contain_text("Stopped at step 1")
    expect(own.locator(".scope-count")).to_have_text("0 of 0")
    expect(own.locator(".scope-formulas")).to_have_text("No step was made.")
    assert numbers(own, "w") == [1.0, 2.0]
    own.get_by_role("button", name="Play").click()
    expect(own.get_by_role("button", name="Play")).to_be_visible()
    write(
        page,
        "own-rule",
        head + "bowl = Function(lambda w: float(w @ w), lambda w: 2 * w)\n"
        "dissect(bowl, SGD, [1.0, 2.0, 3.0], lr=0.1)",
    )
    page.keyboard.press("Control+Enter")
    expect(own.get_by_text("the value, step by step")).to_be_visible()
    go_to(own, 2)
    assert len(numbers(own, "g")) == 3


def test_who_listens_hears_a_step_at_most_once_a_second(scope: Locator) -> None:
    scope.evaluate(
        """figure => { window.heard = [];
        const said = figure.querySelector("[role=status]");
        new MutationObserver(() => heard.push([performance.now(), said.textContent]))
          .observe(said, { childList: true, characterData: true, subtree: true }); }"""
    )
    assert scope.get_attribute("aria-live") == "off"
    for _ in range(12):
        scope.get_by_role("button", name="Step", exact=True).click()
        time.sleep(0.15)
    time.sleep(1.2)
    heard = scope.page.evaluate("heard")
    assert len(heard) >= 2
    assert all(later[0] - earlier[0] > 990 for earlier, later in itertools.pairwise(heard))
    last = heard[-1][1]
    assert last.startswith("Step 13 of 60; weights ")
    for name in ("value", "gradient", "exp_avg", "exp_avg_sq", "step"):
        assert f"; {name} " in last


def test_on_a_phone_what_a_line_has_made_stands_below_it(browser: Browser, lab: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 780})
    scope = open_lab(context.new_page(), lab)
    made, line, after = scope.evaluate(
        """figure => { const line = figure.querySelector("[data-line='7']");
          return [line.querySelector(".scope-made"), line, line.nextElementSibling]
            .map((one) => [one.getBoundingClientRect().left, one.getClientRects()[0].top]); }"""
    )
    assert made[0] < 120
    assert 0 < made[1] - line[1] < after[1] - line[1] < 50
    context.close()


def test_numbers_stand_below_their_heads_in_one_line_on_a_phone_too(
    browser: Browser, lab: str
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 780})
    scope = open_lab(context.new_page(), lab)
    choose(scope, "LBFGS")
    go_to(scope, 5)
    heads, numbers, one, high = scope.evaluate(
        """figure => {
          const rights = (cells) => [...cells].slice(1, 3).map((one) => Math.round(
            one.getBoundingClientRect().right));
          const row = figure.querySelector("tr[data-q=w]");
          return [rights(figure.querySelector(".scope-numbers thead tr").cells),
            rights(row.cells), rights(figure.querySelector("tr[data-q='state.n_iter']").cells),
            row.getBoundingClientRect().height]; }"""
    )
    assert heads == numbers
    assert one[0] == heads[1]
    assert high < 45
    assert scope.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


@pytest.fixture(params=[1280, 360])
def sized(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": request.param, "height": 800})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("scheme", ["default", "slate"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_page(
    sized: Page, lab: str, scheme: str
) -> None:
    scope = open_lab(sized, lab)
    sized.evaluate("scheme => document.body.dataset.mdColorScheme = scheme", scheme)
    go_to(scope, 5)
    scope.locator("tr[data-q=g] button").click()
    sized.evaluate((NODE_MODULES / "axe-core" / "axe.min.js").read_text("utf-8"))
    found = sized.evaluate(
        """async () => (await axe.run("#microscope")).violations.map(
        ({ id, nodes }) => [id, ...nodes.map((node) => node.html)])"""
    )
    assert found == []
    assert sized.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_is_no_record_is_not_shown(page: Page, lab: str) -> None:
    def lie(route: Route) -> None:
        event = {"kind": "instrument", "figure": 1, "instrument": "microscope", "alt": "A walk."}
        done = {"kind": "done", "ok": True, "ms": 1}
        route.fulfill(json=[event | {"record": '{"path": "<img src=x>"}'}, done])

    page.route("**/python.json", lie)
    page.goto(lab)
    cell(page, "own-rule").get_by_role("button", name=re.compile("^Run")).click()
    expect(page.locator("#own-rule").get_by_role("log")).to_contain_text("A walk.")
    expect(page.locator("#own-rule").get_by_role("log").locator("img")).to_have_count(0)
