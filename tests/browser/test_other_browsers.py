"""The built lesson in Firefox and WebKit: cells, later starts, Stop, themes, the journey.

All of it under the site's security policy: what that forbids is an error of the page.
"""

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from decimal import Decimal
from pathlib import Path

import pytest

from bench.browser_driver import NAMES, Page, Theatre, program
from bench.site import SITE, site
from bench.start import KEPT
from pylib.optimizers import RMSprop
from pylib.race.contenders import contender
from pylib.race.courses import course
from pylib.race.running import run
from pylib.surfaces import Quadratic
from pylib.training import minimize
from site_hooks.publish import security
from tests.browser.conftest import security_headers

PAGE = "losses/mse/"
PACKAGES = {"Firefox": ["firefox-esr"], "WebKit": ["libwebkit2gtk-4.1-0", "xvfb"]}
WAKING = "Waking Python up"
# Notes what the worker says of its start.
LISTEN = """window.said = [];
window.Worker = class extends Worker {
  constructor(...values) {
    super(...values);
    this.addEventListener("message", ({ data }) => said.push(data.step ?? data.type ?? ""));
  }
};"""
RUN_ALL = """const ended = [];
for (const cell of document.querySelectorAll("py-cell:not([exercise])")) {
  cell.querySelector(".cell-run").click();
  while (!/done|error|stopped/.test(cell.dataset.state)) {
    if (cell.textContent.includes("Retry")) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const log = cell.querySelector("[role=log]");
  const images = () => [...log.querySelectorAll("figure img")];
  // Of this run, and in both themes.
  const isHere = ({ src, dataset: { light, dark } }) => src.startsWith("blob:") && light && dark;
  while (!images().every(isHere)) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const figures = [];
  for (const image of images()) {
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth; canvas.height = image.naturalHeight;
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    figures.push([image.alt, new Set(new Uint32Array(data.buffer)).size]);
  }
  const built = cell.querySelectorAll(".built-output figure img").length;
  ended.push([cell.id, cell.dataset.state, log.innerText, figures, built]);
}
return ended;"""
TYPE = """const editor = document.querySelector("py-cell .cm-content");
editor.focus();
document.execCommand("selectAll");
document.execCommand("insertText", false, values[0]);"""
FRAME = """const frame = document.createElement("iframe");
frame.style.cssText = "width: 360px; height: 640px; border: 0";
frame.src = values[0];
document.body.replaceChildren(frame);
await new Promise((resolve) => frame.onload = resolve);
return frame.contentDocument.scrollingElement.scrollWidth;"""
FORBIDDEN = """const style = document.createElement("style");
style.textContent = "a { color: red }";
const script = document.createElement("script");
script.textContent = "0";
document.head.append(style, script);
await fetch("http://elsewhere.test/").catch(() => undefined);
await new Promise((resolve) => setTimeout(resolve, 1000));"""
STATE = "document.querySelector('py-cell').dataset.state"
SWITCH = """const labels = document.querySelectorAll("[data-md-component=palette] label");
[...labels].find((label) => !label.hidden).click();"""
FIGURES = """const figures = [...document.querySelectorAll("py-cell [role=log] figure img")];
await Promise.all(figures.map((image) => image.decode()));
return figures.map((image) => image.src);"""


# As if the first pack had come at such a rate before, and with nothing kept.
LINE = """localStorage.clear();
const line = { file: location.origin + values[0], rate: values[1] };
localStorage.setItem("lesson:/:line", JSON.stringify(line));
for (const name of await caches.keys()) await caches.delete(name);"""
SLOW, FAST = 1, 1e9


class Reader:
    """A reader with a browser of their own, who comes more than once."""

    def __init__(self, name: str, theatre: Theatre, profile: Path) -> None:
        self.name = name
        self.theatre = theatre
        self.profile = profile

    def visit(self, path: str = PAGE) -> AbstractContextManager[Page]:
        self.theatre.host.asked.clear()
        return self.theatre.browser(self.name, self.profile, path)

    def come_again(self, page: Page, rate: float) -> None:
        """Loads the page anew, as on a line of this rate, in bytes a second."""
        (core,) = (
            n for n in self.theatre.host.files if re.fullmatch(r".*runtime/core\.\w+\.wasm", n)
        )
        page.evaluate(LINE, f"/{core}", rate)
        self.theatre.host.asked.clear()
        page.goto(PAGE)

    def packs(self) -> set[str]:
        """The packs that were asked of the host since the visit began."""
        asked = self.theatre.host.asked
        return {Path(name).name.split(".")[0] for name in asked if "/runtime/" in name}


def install(name: str) -> None:
    """Debian's package, where that can be done; otherwise the tests are skipped."""
    if program(name) is None and shutil.which("apt-get") and os.geteuid() == 0:
        surroundings = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "-y", "--no-install-recommends", *PACKAGES[name]]):
            subprocess.run(
                ["apt-get", "-qq", *command], env=surroundings, check=False, capture_output=True
            )
    if program(name) is None:
        pytest.skip(f"{name} is not here; on Debian: apt install {' '.join(PACKAGES[name])}")


@pytest.fixture(scope="module", params=NAMES)
def reader(request: pytest.FixtureRequest) -> Iterator[Reader]:
    """Tests of one browser share a profile and follow each other, as visits do."""
    install(request.param)
    content = {name: body for name, body in site().items() if not name.endswith(".map")}
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile,
        Theatre(content, security_headers(SITE)).running() as theatre,
    ):
        yield Reader(request.param, theatre, Path(profile))


def run_first(page: Page) -> str:
    """Runs the first cell; returns what it shows."""
    page.wait("document.querySelector('py-cell .cell-run')")
    page.evaluate("document.querySelector('py-cell .cell-run').click()")
    page.wait("/done|error|stopped/.test(" + STATE + ")")
    shown: str = page.evaluate("return document.querySelector('py-cell [role=log]').innerText")
    assert page.evaluate("return " + STATE) == "done", shown
    return shown


def test_every_cell_runs_and_its_figures_follow_the_theme(reader: Reader) -> None:
    with reader.visit() as page:
        reader.come_again(page, FAST)
        page.evaluate(LISTEN)
        page.wait("document.querySelector('py-cell .cell-run')")
        ended = page.evaluate(RUN_ALL)
        # The memory that Node.js recorded serves every engine.
        assert "memory" in reader.packs()
        assert not [step for step in page.evaluate("return said") if step.startswith("Getting")]
        assert len(ended) > 4
        for name, state, shown, figures, built in ended:
            assert state == "done", f"{name}: {shown}"
            assert len(figures) == built
            assert all(len(alt) > 10 and colours > 10 for alt, colours in figures), name
        light = page.evaluate(FIGURES)
        while not page.evaluate("return document.body.dataset.mdColorScheme === 'slate'"):
            page.evaluate(SWITCH)
        dark = page.evaluate(FIGURES)
        assert light
        assert all(one != other for one, other in zip(light, dark, strict=True))
        assert not page.errors
        if page.evaluate("return Boolean(navigator.storage?.getDirectory)"):
            page.wait(KEPT)
            # Firefox writes local storage down five seconds later, and is killed here.
            time.sleep(6)


def test_a_second_visit_downloads_no_python(reader: Reader) -> None:
    with reader.visit() as page:
        page.evaluate(LISTEN)
        run_first(page)
        # WebKitGTK has no file system of its own, which Safari has: there Python starts afresh.
        keeps = page.evaluate("return Boolean(navigator.storage?.getDirectory)")
        assert (WAKING in page.evaluate("return said")) == keeps
        assert not reader.packs() & {"core", "numpy-libraries", "numpy", "plotting"}
        assert not page.errors


def test_python_that_comes_in_steps_draws_the_same(reader: Reader) -> None:
    with reader.visit() as page:
        reader.come_again(page, SLOW)
        page.evaluate(LISTEN)
        page.wait("document.querySelector('py-cell .cell-run')")
        ended = page.evaluate(RUN_ALL)
        steps = page.evaluate("return said")
        assert "Getting NumPy" in steps
        assert "Getting matplotlib" in steps
        assert [state for _, state, *_ in ended] == ["done"] * len(ended)
        assert any(figures for *_, figures, _ in ended)
        assert not page.errors


def test_stop_ends_an_endless_loop_and_its_worker_and_the_next_run_works(reader: Reader) -> None:
    with reader.visit() as page:
        page.wait("document.querySelector('py-cell .cell-run')")
        page.evaluate("document.querySelector('py-cell').scrollIntoView()")
        page.wait("document.querySelector('py-cell .cm-content')")
        page.evaluate(TYPE, "while True: pass")
        page.evaluate("document.querySelector('py-cell .cell-run').click()")
        page.wait(STATE + " === 'running'")
        page.evaluate("document.querySelector('py-cell .cell-stop').click()")
        page.wait(STATE + " === 'stopped'")
        page.evaluate(TYPE, "print(6 * 7)")
        assert "42" in run_first(page)
        wait_until_idle()
        page.evaluate("document.querySelector('py-cell .cell-reset').click()")
        assert not page.errors


def wait_until_idle() -> None:
    """A worker that was stopped but goes on would keep a processor busy for ever."""
    if not Path("/proc/self/task").exists():
        return
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        before = processor_seconds(os.getpid())
        time.sleep(1)
        if processor_seconds(os.getpid()) - before < 0.15:
            return
    raise AssertionError("the browser does not come to rest")


def processor_seconds(process: int) -> float:
    """What a process and those it started have used."""
    folder = Path("/proc") / str(process)
    try:
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        children = [
            int(child)
            for file in folder.glob("task/*/children")
            for child in file.read_text().split()
        ]
    except OSError:  # it has ended
        return 0.0
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(map(processor_seconds, children))


def test_plain_http_at_a_name_that_is_not_localhost(reader: Reader) -> None:
    with reader.visit() as page:
        page.goto(f"http://lesson.test/{PAGE}")
        assert page.evaluate("return isSecureContext") is False
        assert "with pylib" in run_first(page)
        assert not page.errors


def test_nothing_is_wider_than_a_phone(reader: Reader) -> None:
    with reader.visit("driver/frame.html") as page:
        for path in ("", PAGE, "choosing/"):
            assert page.evaluate(FRAME, f"/{path}") <= 360, path
        assert not page.errors


CHOOSE = """const select = document.querySelector("#microscope--0-optimizer");
select.value = [...select.options].find((option) => option.text === values[0]).value;
for (const type of ["input", "change"]) select.dispatchEvent(new Event(type, { bubbles: true }));"""
STEPS = """const figure = document.querySelector("#microscope figure.scope");
const range = figure.querySelector(".scope-bar input");
const told = [];
for (let step = 0; step <= Number(range.max); step += 1) {
  range.value = String(step);
  range.dispatchEvent(new Event("input", { bubbles: true }));
  const rows = [...figure.querySelectorAll("tr[data-q]")];
  told.push(Object.fromEntries(rows.map(({ dataset: { q, value } }) => [q, value])));
}
return told;"""
# Where the walk begins then.
START = "document.querySelector('#microscope .scope-start').getAttribute('aria-valuetext')"
LIT = """document.querySelector("#microscope .scope-formulas [data-q='state.square_avg']")
  .dispatchEvent(new MouseEvent("click", { bubbles: true }));
return [...document.querySelectorAll("#microscope .scope-panel")].map((panel) =>
  [panel.querySelectorAll("[data-lit]").length, panel.querySelector(".scope-lit").textContent]);"""
SETTLED = "document.querySelector('#microscope').dataset.state === 'done'"


def test_the_microscope_has_the_numbers_of_minimize_and_is_moved(reader: Reader) -> None:
    with reader.visit("labs/microscope/") as page:
        page.wait("document.querySelector('#microscope .scope-count')")
        page.evaluate("document.querySelector('#microscope').scrollIntoView()")
        assert len(page.evaluate(STEPS)) == 61  # before Python is there
        page.evaluate(CHOOSE, "RMSprop")
        named = "document.querySelector('#microscope canvas').getAttribute('aria-label')"
        page.wait(f"{named}.startsWith('RMSprop') && {SETTLED}")
        trace = minimize(Quadratic(), RMSprop, [-1.8, 1.2], 60, lr=0.2, keep_state=True)
        told = page.evaluate(STEPS)
        assert [row["w"] for row in told] == [
            " ".join(map(javascript, point)) for point in trace.path
        ]
        squares = [row["state.square_avg"] for row in told[1:]]
        assert squares == [" ".join(map(javascript, one)) for one in trace.state["square_avg"]]
        shown = page.evaluate(LIT)
        assert all(words.startswith("s") for _, words in shown)
        assert all(lit for lit, _ in shown)
        for kind, dx, dy in (("mouse", 60, 30), ("touch", 20, 50), ("key", "ArrowRight", 0)):
            before = page.evaluate("return " + START)
            page.evaluate(MOVE, kind, dx, dy, "#microscope .scope-start")
            page.wait(f"{START} !== values[0] && {SETTLED}", before)
        assert not page.errors


def javascript(value: float) -> str:
    """A number as JavaScript writes it."""
    text = repr(float(value)).removesuffix(".0")
    if 1e-6 <= abs(value) < 1e-4:
        text = f"{Decimal(text):f}"
    return re.sub(r"e([+-])0", r"e\1", text)


# A frame of another site, and the heights that it tells.
EMBED = """window.heights = [];
addEventListener("message", ({ data }) => {
  if (data.type === "lesson-embed:height") heights.push(data.height);
});
const frame = document.createElement("iframe");
frame.style.cssText = "width: 600px; height: 500px; border: 0";
frame.src = values[0];
document.body.replaceChildren(frame);
await new Promise((resolve) => frame.onload = resolve);"""
UNTIL = """const end = performance.now() + 60000;
while (!(CONDITION)) {
  if (performance.now() > end) throw new Error("never: CONDITION");
  await new Promise((resolve) => setTimeout(resolve, 20));
}"""
SHOWN = """return [...document.querySelectorAll("py-cell, h1, .md-header")]
  .filter((node) => node.getClientRects().length).map((node) => node.id || node.className);"""


@pytest.mark.parametrize("name", NAMES)
def test_a_cell_in_a_frame_of_another_site_runs(name: str, tmp_path: Path) -> None:
    """As its browser comes: Firefox and WebKit give such a frame a storage of its own."""
    install(name)
    content = {path: body for path, body in site().items() if not path.endswith(".map")}
    pages = (body for path, body in content.items() if path.endswith(".html"))
    told = security.headers(security.policy(pages), True, "any")
    with (
        Theatre(content, told).running() as theatre,
        theatre.browser(name, tmp_path, "driver/frame.html") as page,
    ):
        lesson = theatre.host.address
        page.goto(lesson.replace("127.0.0.1", "localhost") + "driver/frame.html")
        page.evaluate(EMBED, f"{lesson}{PAGE}?embed=mse-line")
        page.evaluate_in_frame(UNTIL.replace("CONDITION", "document.querySelector('.embed-home')"))
        assert page.evaluate_in_frame(SHOWN) == ["mse-line"]
        run = "document.querySelector('#mse-line .cell-run').click()"
        page.evaluate_in_frame(run)
        state = "/done|error/.test(document.querySelector('#mse-line').dataset.state)"
        page.evaluate_in_frame(UNTIL.replace("CONDITION", state))
        log = "return document.querySelector('#mse-line [role=log]').innerText"
        assert "slope 1.95" in page.evaluate_in_frame(log)
        heights = page.evaluate("return heights")
        assert len(heights) > 1
        assert heights[-1] > heights[0]
        page.evaluate(EMBED, f"{lesson}{PAGE}?embed")
        page.evaluate_in_frame(UNTIL.replace("CONDITION", "document.querySelector('.embed-home')"))
        assert "md-header" not in page.evaluate_in_frame(SHOWN)
        page.evaluate_in_frame("document.querySelector('article a[href*=huber]').click()")
        huber = "document.querySelector('h1').innerText.startsWith('Huber')"
        page.evaluate_in_frame(UNTIL.replace("CONDITION", huber))
        assert page.evaluate_in_frame("return location.pathname + location.search") == (
            "/losses/huber/?embed"
        )
        page.evaluate(EMBED, f"{lesson}{PAGE}?embed=nothing")
        alert = "document.querySelector('[role=alert]')"
        page.evaluate_in_frame(UNTIL.replace("CONDITION", alert))
        assert not page.errors


def test_what_the_policy_forbids_is_an_error(reader: Reader) -> None:
    with reader.visit() as page:
        page.evaluate(FORBIDDEN)
        page.evaluate("")
        found = {error.split()[2] for error in page.errors}
        assert found == {"style-src-elem", "script-src-elem", "connect-src"}


# A pointer takes the start and moves it; a key does.
MOVE = """const [kind, dx, dy, selector] = values;
const grip = document.querySelector(selector);
const { left, top, width, height } = grip.getBoundingClientRect();
const at = (part) => ({
  clientX: left + width / 2 + part * dx, clientY: top + height / 2 + part * dy,
  pointerId: 7, pointerType: kind, bubbles: true, cancelable: true, isPrimary: true,
});
if (kind === "key") {
  grip.focus();
  grip.dispatchEvent(new KeyboardEvent("keydown", { key: dx, bubbles: true, cancelable: true }));
} else {
  grip.dispatchEvent(new PointerEvent("pointerdown", at(0)));
  for (const part of [0.25, 0.5, 0.75, 1]) dispatchEvent(new PointerEvent("pointermove", at(part)));
  dispatchEvent(new PointerEvent("pointerup", at(1)));
}"""
RACE = """document.querySelector(".race-run").click();
while (!document.querySelector(".race-table tbody tr")) {
  await new Promise((resolve) => setTimeout(resolve, 50));
}
const begin = performance.now();
const play = document.querySelector(".race-player button");
while (play.textContent !== "Pause" && performance.now() - begin < 1000) {
  play.click();
  await new Promise((resolve) => setTimeout(resolve, 50));
}
const from = document.querySelector(".race-table caption").textContent;
await new Promise((resolve) => setTimeout(resolve, 700));
const to = document.querySelector(".race-table caption").textContent;
play.click();
const slider = document.querySelector(".race-player input[type=range]");
slider.value = slider.max;
slider.dispatchEvent(new Event("input"));
const painted = [...document.querySelectorAll(".race-stage")].map((stage) => {
  const canvas = stage.querySelectorAll("canvas")[1];
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return new Set(new Uint32Array(data.buffer)).size;
});
const rows = [...document.querySelectorAll(".race-table tbody tr")];
const losses = rows.map((row) => row.querySelector("[data-label=loss]").textContent);
return [from, to, painted, losses];"""

RING = "document.querySelector('.race-start').getAttribute('aria-valuetext')"
RACED = "!document.querySelector('optimizer-race').matches('[data-stale], [data-busy]')"
RACED_FROM = """const slider = document.querySelector(".race-player input[type=range]");
slider.value = slider.max;
slider.dispatchEvent(new Event("input"));
const losses = [...document.querySelectorAll("[data-label=loss]")].map((cell) => cell.textContent);
const fields = [...document.querySelectorAll(".race-form label")];
const start = fields.filter((label) => label.textContent.startsWith("start"))
  .map((label) => Number(label.querySelector("input").value));
return [start, losses];"""


def test_a_race_is_pylib_s_and_plays(reader: Reader) -> None:
    fragment = "on=Rosenbrock&for=90&c=SGD,lr:0.001,momentum:0.9&c=Adam,lr:0.1&c=RMSprop,lr:0.01"
    with reader.visit(f"race/#{fragment}") as page:
        page.wait("document.querySelector('.race-run')")
        before, after, painted, losses = page.evaluate(RACE)
        assert before != after
        assert all(colours > 20 for colours in painted)
        track = course("Rosenbrock")
        contenders = (
            contender("SGD", 0.001, {"momentum": 0.9}),
            contender("Adam", 0.1),
            contender("RMSprop", 0.01),
        )
        for who, loss in zip(contenders, losses, strict=True):
            assert float(loss) == pytest.approx(run(track, who, 90).losses[-1], rel=1e-3)
        for kind, dx, dy in (("mouse", 60, 30), ("touch", 20, -40), ("key", "ArrowLeft", 0)):
            before = page.evaluate("return " + RING)
            page.evaluate(MOVE, kind, dx, dy, ".race-start")
            page.wait(f"{RING} !== values[0] && {RACED}", before)
            start, losses = page.evaluate(RACED_FROM)
            track = course("Rosenbrock", start=start)
            for who, loss in zip(contenders, losses, strict=True):
                assert float(loss) == pytest.approx(run(track, who, 90).losses[-1], rel=1e-3)
        assert not page.errors
