"""What a learner does on a page of the built lesson, in Firefox and WebKit: a visit per errand."""

from bench.browser_driver import Page, PageError
from tests.browser.test_other_browsers import PAGE, TYPE, Reader, reader

__all__ = ["reader"]  # the fixture

# A control is moved; the picture that the run draws takes the place of the built one.
MOVE = """const control = document.querySelector(`#${values[0]} input[type=range]`);
control.stepUp();
for (const type of ["input", "change"])
  control.dispatchEvent(new Event(type, { bubbles: true }));"""
PRESS = """const buttons = [...document.querySelectorAll(values[0])];
const wanted = buttons.find((one) => one.textContent.trim().startsWith(values[1]));
if (!wanted) throw new Error(`no button ${values[1]}: ${buttons.map((one) => one.textContent)}`);
wanted.focus(); // as a click of the hand
wanted.click();"""
# What would be saved as files, and read back.
CATCH = """window.saved = [];
HTMLAnchorElement.prototype.click = function () {
  window.saved.push(fetch(this.href).then(async (file) => [this.download, await file.text()]));
};"""
RACE = """from pylib.optimizers import SGD
from pylib.plots import animate_path
from pylib.surfaces import Parabola
from pylib.training import minimize
races = {f"lr {lr}": minimize(Parabola(2.0), SGD, [4.0], steps=8, lr=lr) for lr in (0.1, 0.3)}
animation = animate_path(Parabola(2.0), races)
"""
BY_HAND = "mse-by-hand"


def press(page: Page, where: str, label: str) -> None:
    page.wait(
        "[...document.querySelectorAll(values[0])]"
        ".some((one) => one.textContent.trim().startsWith(values[1]))",
        where,
        label,
    )
    page.evaluate(PRESS, where, label)


def text(page: Page, where: str) -> str:
    found: str = page.evaluate("return document.querySelector(values[0]).innerText", where)
    return found


def wait_for_state(page: Page, cell: str, state: str = "done") -> None:
    """Fails with what the cell shows."""
    try:
        page.wait("document.getElementById(values[0]).dataset.state === values[1]", cell, state)
    except PageError as error:
        raise AssertionError(f"{cell} is not {state}: {text(page, f'#{cell}')}") from error


def write(page: Page, cell: str, code: str) -> None:
    """Puts code in the place of the cell's own."""
    page.evaluate("document.getElementById(values[0]).scrollIntoView()", cell)
    page.wait("document.querySelector(`#${values[0]} .cm-content`)", cell)
    page.evaluate(TYPE.replace('"py-cell .cm-content"', f'"#{cell} .cm-content"'), code)


def test_a_live_figure_follows_its_control(reader: Reader) -> None:
    with reader.visit() as page:
        page.wait("document.querySelector('#mse-live')")
        page.evaluate("document.getElementById('mse-live').scrollIntoView()")
        page.wait("document.querySelector('#mse-live input[type=range]')")
        before = text(page, "#mse-live .cell-value")
        page.evaluate(MOVE, "mse-live")
        wait_for_state(page, "mse-live")
        page.wait("document.querySelector('#mse-live [role=log] img')?.src.startsWith('blob:')")
        assert text(page, "#mse-live .cell-value") != before
        assert not page.errors


def test_the_last_cell_of_a_page_runs_what_it_needs(reader: Reader) -> None:
    with reader.visit() as page:
        page.wait("document.querySelector('#mse-shape .cell-run')")
        press(page, "#mse-shape .cell-run", "Run")
        wait_for_state(page, "mse-shape")
        assert "Ran first" in text(page, "#mse-shape")
        assert not page.errors


def test_an_animation_becomes_a_player(reader: Reader) -> None:
    with reader.visit() as page:
        page.wait(f"document.querySelector('#{BY_HAND} .cell-run')")
        write(page, BY_HAND, RACE)
        press(page, f"#{BY_HAND} .cell-run", "Run")
        wait_for_state(page, BY_HAND)
        figure = f"#{BY_HAND} figure[data-kind=animation]"
        page.wait(f"document.querySelector('{figure} input[type=range]')")
        place = f"document.querySelector('{figure} input[type=range]').value"
        first = page.evaluate("return " + place)
        page.evaluate(f"document.querySelector('{figure}').scrollIntoView()")
        if "Play" in text(page, figure):
            press(page, f"{figure} button", "Play")
        page.wait(
            f"document.querySelector('{figure} input[type=range]').value !== values[0]", first
        )
        assert not page.errors


def test_input_asks_in_the_page(reader: Reader) -> None:
    with reader.visit() as page:
        page.wait(f"document.querySelector('#{BY_HAND} .cell-run')")
        write(page, BY_HAND, "print(input('Name? ') * 2)")
        press(page, f"#{BY_HAND} .cell-run", "Run")
        if reader.name == "WebKit":  # where memory is not shared, it says so
            wait_for_state(page, BY_HAND, "error")
            assert "input" in text(page, f"#{BY_HAND} [role=log]")
            return
        page.wait(f"document.querySelector('#{BY_HAND} [data-passing=input] input')")
        page.evaluate(
            f"const field = document.querySelector('#{BY_HAND} [data-passing=input] input');"
            "field.value = 'Ada'; field.form.requestSubmit();"
        )
        wait_for_state(page, BY_HAND)
        assert "AdaAda" in text(page, f"#{BY_HAND} [role=log]")
        assert not page.errors


def test_a_page_is_taken_home(reader: Reader) -> None:
    with reader.visit() as page:
        page.wait(f"document.querySelector('#{BY_HAND} .cell-run')")
        write(page, BY_HAND, "print('from a link')")
        page.evaluate(CATCH)
        for label in ("Download notebook", "Download script"):
            press(page, "page-tools button", label)
        page.wait("window.saved.length === 2")
        files: dict[str, str] = dict(page.evaluate("return Promise.all(saved)"))
        notebook, script = sorted(files)
        assert notebook.endswith(".ipynb")
        assert '"nbformat"' in files[notebook]
        assert script.endswith(".py")
        assert "from a link" in files[script]
        # No click of a script may use the clipboard: here it is another.
        page.evaluate(
            "window.copied = ''; Object.defineProperty(navigator, 'clipboard', { value: "
            "{ writeText: async (text) => { window.copied = text; } } });"
        )
        press(page, f"#{BY_HAND} button", "More")
        press(page, "[role=menuitem]", "Copy link")
        page.wait("window.copied")
        link = page.evaluate("return copied")
        press(page, f"#{BY_HAND} button", "Reset")
        page.goto("")
        page.goto(link)
        page.wait(f"document.querySelector('#{BY_HAND} .cell-notice')?.innerText.includes('link')")
        assert "from a link" in text(page, f"#{BY_HAND}")
        assert not page.errors


CHOOSE = """const rows = [...document.querySelectorAll(`${values[0]} label`)];
rows.find((row) => row.textContent.includes(values[1])).querySelector("input").click();"""
# A file that the learner chooses.
GIVE = """const file = document.querySelector("lesson-progress input[type=file]");
const given = new DataTransfer();
given.items.add(new File([values[0]], "progress.json", { type: "application/json" }));
file.files = given.files;
file.dispatchEvent(new Event("change"));"""
WRONG = "def gradient(y_hat, y):\n    return 2 * (y_hat - y)"
RIGHT = "def gradient(y_hat, y):\n    return 2 * (y_hat - y) / len(y)"
RESULT = "document.getElementById('mse-grad').dataset.check === values[0]"
DONE = """return [...document.querySelectorAll(".progress-sum strong")]
  .map((one) => parseInt(one.textContent))"""


def check(page: Page, code: str, result: str) -> None:
    """Writes an answer, and has it checked."""
    write(page, "mse-grad", code)
    press(page, "#mse-grad button", "Check")
    page.wait(RESULT, result)


def choose(page: Page, where: str, option: str, button: str) -> None:
    page.evaluate(CHOOSE, where, option)
    press(page, f"{where} button", button)


def done(page: Page, expected: list[int]) -> None:
    """Waits until so many exercises, questions and cells are done."""
    page.wait(f"String((() => {{ {DONE} }})()) === values[0]", ",".join(map(str, expected)))


def test_a_learner_s_way_through_a_page(reader: Reader) -> None:
    with reader.visit() as page:
        page.evaluate("localStorage.clear()")  # marks of the tests before
        page.goto(PAGE)
        page.wait("document.querySelector('cell-guess')")
        page.evaluate("document.querySelector('cell-guess').scrollIntoView()")
        page.wait("document.querySelector('cell-guess input')")
        page.evaluate("document.querySelector('cell-guess input').value = '16'")
        press(page, "cell-guess button", "Guess")
        press(page, f"#{BY_HAND} .cell-run", "Run")
        wait_for_state(page, BY_HAND)
        page.wait("document.querySelector('.guess-result').textContent.includes('saw it coming')")

        check(page, WRONG, "fail")
        assert "Not yet." in text(page, "#mse-grad [data-kind=feedback]")
        for _ in range(2):
            press(page, "#mse-grad button", "Hint")
        hints = "return document.querySelectorAll('#mse-grad [data-kind=hint]').length"
        assert page.evaluate(hints) == 2
        check(page, RIGHT, "pass")

        quiz = "lesson-quiz#mse-double"
        page.evaluate("document.querySelector(values[0]).scrollIntoView()", quiz)
        page.wait("document.querySelector(`${values[0]} input`)", quiz)
        choose(page, quiz, "It doubles.", "Answer")
        assert page.evaluate("return document.querySelector(values[0]).dataset.state", quiz) == (
            "wrong"
        )
        choose(page, quiz, "four times", "Answer")
        assert page.evaluate("return document.querySelector(values[0]).dataset.state", quiz) == (
            "right"
        )

        page.goto(PAGE)
        page.wait("document.querySelector('#mse-grad')")
        page.evaluate("document.getElementById('mse-grad').scrollIntoView()")
        page.wait("document.getElementById('mse-grad').innerText.includes('Passed on')")

        page.goto("progress/")
        done(page, [1, 1, 1])
        page.evaluate(CATCH)
        press(page, "lesson-progress button", "Save to a file")
        page.wait("window.saved.length")
        (_, kept) = page.evaluate("return saved[0]")
        press(page, "lesson-progress button", "Clear")
        done(page, [0, 0, 0])
        page.evaluate(GIVE, kept)
        done(page, [1, 1, 1])
        assert not page.errors
