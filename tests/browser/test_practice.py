"""Exercises, questions, guesses and progress, before a worker that stands in for Python."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from site_hooks.paths import NODE_MODULES
from tests.browser.test_cell import (
    FILL,
    cell,
    editor,
    expect_state,
    output,
    press,
    run,
    write,
)

WRONG = "rate = 0.1\n# d loss / d w\ngrad = 3\nprint(grad)"
RIGHT = WRONG.replace("3", "6")
BLOCK = """for (const store of ["localStorage", "sessionStorage"])
  Object.defineProperty(window, store,
    { get() { throw new DOMException("blocked", "SecurityError") } })"""
TYPES = ["py-cell:done", "py-cell:check", "lesson-quiz:answer"]


@pytest.fixture(scope="session")
def site(fake_python: Path, serve: Callable[[Path], str]) -> str:
    return serve(fake_python)


@pytest.fixture
def practice(page: Page, site: str) -> Page:
    page.goto(f"{site}/practice.html")
    return page


def feedback(page: Page, name: str) -> Locator:
    return cell(page, name).locator("[data-kind=feedback]")


def expect_check(page: Page, name: str, result: str) -> None:
    expect(cell(page, name)).to_have_attribute("data-check", result)


def check(page: Page, name: str, code: str | None = None, result: str = "fail") -> None:
    if code is not None:
        write(page, name, code)
    cell(page, name).scroll_into_view_if_needed()
    press(page, name, "Check")
    expect_check(page, name, result)


def quiz(page: Page, name: str) -> Locator:
    found = page.locator(f"lesson-quiz#{name}")
    found.scroll_into_view_if_needed()
    return found


def answer(page: Page, name: str, state: str, *choices: str) -> None:
    """Chooses options, and none besides; answers."""
    asked = quiz(page, name)
    for option in asked.get_by_role("checkbox").all():
        option.uncheck()
    for choice in choices:
        asked.get_by_label(choice).check()
    asked.get_by_role("button", name="Answer").click()
    expect(asked).to_have_attribute("data-state", state)


def explanations(page: Page, name: str) -> list[str]:
    return quiz(page, name).locator("[data-kind=explanation]").all_inner_texts()


def options(page: Page, name: str) -> list[str]:
    texts = quiz(page, name).locator(".quiz-text")
    texts.first.wait_for()
    return texts.all_inner_texts()


def hear(page: Page) -> Callable[[], list[dict[str, Any]]]:
    page.evaluate(
        """types => { window.heard = [];
        for (const type of types)
          document.addEventListener(type, (e) => window.heard.push({type, ...e.detail})); }""",
        TYPES,
    )
    return lambda: list(page.evaluate("window.heard"))


def marks(page: Page) -> dict[str, dict[str, Any]]:
    """What the browser keeps, by page and id."""
    kept: dict[str, str] = page.evaluate(
        """() => Object.fromEntries(Object.entries(localStorage)
        .filter(([key]) => key.includes(":progress:")))"""
    )
    return {key.partition(":progress:")[2]: json.loads(text) for key, text in kept.items()}


def progress(page: Page, site: str) -> Locator:
    page.goto(f"{site}/progress.html")
    expect(page.locator(".progress-sum strong")).to_have_count(3)
    return page.locator("lesson-progress")


def done(page: Page) -> list[str]:
    """How many exercises, questions and cells are done."""
    return page.locator(".progress-sum strong").all_inner_texts()


def row(page: Page, name: str) -> Locator:
    """An item of the first page on the page of progress."""
    details = page.locator("details.progress-page").first
    if details.get_attribute("open") is None:
        details.locator("summary").click()
    return details.locator("li", has=page.get_by_role("link", name=name, exact=True))


# --- Exercises ---


def test_a_check_says_in_words_what_is_wrong_and_marks_the_line(practice: Page) -> None:
    heard = hear(practice)
    check(practice, "rule", WRONG)
    expect(feedback(practice, "rule")).to_have_text(
        "Not yet. That is d loss / d y_hat. The chain rule needs one more factor."
    )
    expect(feedback(practice, "rule").locator("code")).to_have_text("y_hat")
    expect(cell(practice, "rule").locator(".cm-line.cm-failedLine")).to_have_text("grad = 3")
    expect(output(practice, "rule")).to_have_text("3")
    check(practice, "rule", RIGHT, "pass")
    expect(feedback(practice, "rule")).to_contain_text("Right.")
    expect(cell(practice, "rule").locator(".cm-failedLine")).to_have_count(0)
    events = [e for e in heard() if e["type"] == "py-cell:check"]
    assert [(e["id"], e["page"], e["ok"], e["runs"]) for e in events] == [
        ("rule", "practice", False, 1),
        ("rule", "practice", True, 2),
    ]
    assert all(isinstance(event["ms"], int | float) for event in events)


def test_a_run_checks_nothing(practice: Page) -> None:
    heard = hear(practice)
    write(practice, "rule", WRONG)
    run(practice, "rule")
    expect(feedback(practice, "rule")).to_be_empty()
    assert [event["type"] for event in heard()] == ["py-cell:done"]
    assert marks(practice) == {}


def test_alt_enter_checks_and_leaves_the_code_as_it_is(practice: Page) -> None:
    write(practice, "rule", RIGHT)
    practice.keyboard.press("Alt+Enter")
    expect_check(practice, "rule", "pass")
    expect(editor(practice, "rule")).to_be_focused()
    assert len(editor(practice, "rule").locator(".cm-line").all()) == 4
    button = cell(practice, "rule").get_by_role("button", name="Check")
    expect(button).to_have_attribute("aria-keyshortcuts", "Alt+Enter")


def test_a_blank_and_an_error_are_named(practice: Page) -> None:
    check(practice, "rule")
    expect(feedback(practice, "rule")).to_contain_text("Line 3 still has a blank ___.")
    expect(output(practice, "rule")).to_have_text("Nothing was run: fill the blank in first.")
    check(practice, "rule", 'fail("ValueError: no")')
    expect(feedback(practice, "rule")).to_contain_text("ends with an error before the check")
    expect_state(practice, "rule", "error")


def test_a_blank_that_was_not_run_looks_like_no_success(practice: Page) -> None:
    heard = hear(practice)
    run(practice, "step")
    check(practice, "rule")
    expect(cell(practice, "rule").locator(".cell-status")).to_have_text("Not run")
    colours = [
        cell(practice, name)
        .locator(".cell-status")
        .evaluate("node => getComputedStyle(node, '::before').backgroundColor")
        for name in ("step", "rule")
    ]
    assert colours[0] != colours[1]
    assert [(e["id"], e["ok"]) for e in heard() if e["type"] == "py-cell:done"] == [
        ("step", True),
        ("rule", False),
    ]
    check(practice, "rule", RIGHT, "pass")
    assert colours[0] == cell(practice, "rule").locator(".cell-status").evaluate(
        "node => getComputedStyle(node, '::before').backgroundColor"
    )


def test_each_result_is_read_out_once_and_grows_old_with_the_next_edit(practice: Page) -> None:
    cell(practice, "rule").scroll_into_view_if_needed()
    region = feedback(practice, "rule")
    expect(region).to_have_attribute("role", "status")
    region.evaluate(
        """node => { window.said = [];
        const note = () => node.textContent && !node.hasAttribute("data-stale")
          && window.said.push(node.textContent);
        new MutationObserver(note).observe(node, {childList: true, subtree: true}) }"""
    )
    check(practice, "rule", WRONG)
    assert len(practice.evaluate("window.said")) == 1
    editor(practice, "rule").press("End")
    practice.keyboard.type(" ")
    expect(region).to_have_attribute("data-stale", "")
    expect(region).to_have_attribute("aria-live", "off")
    expect(region).to_contain_text("The code has changed since this check.")
    expect(cell(practice, "rule")).not_to_have_attribute("data-check", "fail")
    practice.keyboard.type(" ")
    expect(region.get_by_text("has changed since")).to_have_count(1)
    check(practice, "rule", RIGHT, "pass")
    assert len(practice.evaluate("window.said")) == 2
    expect(region).not_to_have_attribute("aria-live", "off")


def test_a_check_that_is_stopped_says_nothing(practice: Page) -> None:
    write(practice, "free", "nap(60000)")
    press(practice, "free", "Check")
    expect_state(practice, "free", "running")
    expect(cell(practice, "free").get_by_role("button", name="Check")).to_have_attribute(
        "aria-disabled", "true"
    )
    press(practice, "free", "Stop")
    expect_state(practice, "free", "stopped")
    expect(feedback(practice, "free")).to_be_empty()
    assert marks(practice) == {}
    check(practice, "free", "x = 1", "pass")


def test_hints_come_one_by_one_and_stay(practice: Page) -> None:
    exercise = cell(practice, "rule")
    exercise.scroll_into_view_if_needed()
    shown = exercise.locator("[data-kind=hint]")
    button = exercise.get_by_role("button", name="Hint")
    expect(button).to_have_text("Hint 1 of 2")
    expect(practice.locator("[data-kind=hint]")).to_have_count(0)
    button.click()
    expect(shown).to_have_count(1)
    expect(shown.locator("strong").nth(1)).to_have_text("outer")
    button.click()
    expect(shown).to_have_count(2)
    expect(shown.nth(1).locator("code")).to_have_text("grad = 2 * inner")
    expect(button).to_have_text("Hints: all shown")
    expect(button).to_be_focused()
    button.click(force=True)
    expect(shown).to_have_count(2)
    expect(cell(practice, "free").get_by_role("button", name="Hint")).to_have_count(0)


def test_an_exercise_whose_solution_is_left_out_is_checked_without_a_button_for_it(
    page: Page, site: str
) -> None:
    def left_out(route: Route) -> None:
        html = re.sub(r'<details class="cell-solution".*?</details>', "", page_text, flags=re.S)
        later = "<p><small>The solution is shown from 31 January 2999 on.</small></p>"
        html = html.replace("</py-cell><details", f"</py-cell>{later}<details", 1)
        route.fulfill(body=html, content_type="text/html")

    page_text = page.request.get(f"{site}/practice.html").text()
    page.route("**/practice.html", left_out)
    page.goto(f"{site}/practice.html")
    check(page, "rule", RIGHT, "pass")
    exercise = page.locator(".cell:has(#rule)")
    expect(exercise.get_by_role("button", name="Hint")).to_be_visible()
    expect(exercise.get_by_role("button", name="Solution")).to_have_count(0)
    expect(exercise.get_by_text("The solution is shown from 31 January 2999 on.")).to_be_visible()
    check(page, "free", "x = 0", "fail")


def test_the_solution_is_shown_to_those_who_say_so_and_beside_the_own_code(practice: Page) -> None:
    write(practice, "rule", WRONG)
    exercise = cell(practice, "rule")
    solution = exercise.locator("[data-kind=solution]")
    button = exercise.get_by_role("button", name="Solution")
    button.click()
    expect(solution).to_have_count(0)
    expect(exercise.get_by_role("button", name="Show the solution")).to_be_focused()
    exercise.get_by_role("button", name="I try first").click()
    expect(button).to_be_focused()
    button.click()
    exercise.get_by_role("button", name="Show the solution").click()
    expect(solution.locator("pre code")).to_have_text(RIGHT)
    sides = solution.get_by_role("textbox")
    expect(sides).to_have_count(2)
    expect(sides.nth(0)).to_contain_text("grad = 3")
    expect(sides.nth(1)).to_contain_text("grad = 6")
    expect(exercise.locator(".cell-source .cm-content")).to_contain_text("grad = 3")
    own = exercise.locator(".cell-source .cm-content")
    own.click()
    practice.keyboard.press("ControlOrMeta+a")
    practice.keyboard.insert_text(RIGHT.replace("6", "06"))
    expect(sides.nth(0)).to_contain_text("grad = 06")
    exercise.get_by_role("button", name="Close").click()
    expect(solution).to_have_count(0)
    expect(button).to_be_focused()


def test_after_a_try_the_solution_is_there_and_taken_only_by_choice(practice: Page) -> None:
    check(practice, "rule", WRONG)
    exercise = cell(practice, "rule")
    press(practice, "rule", "Solution")
    expect(exercise.locator("[data-compared]")).to_be_visible()
    own = exercise.locator(".cell-source .cm-content")
    exercise.get_by_role("button", name="Use this").click()
    expect(own).to_contain_text("grad = 6")
    exercise.get_by_role("button", name="Undo").click()
    expect(own).to_contain_text("grad = 3")
    exercise.get_by_role("button", name="Use this").click()
    check(practice, "rule", result="pass")
    assert marks(practice)["practice#rule"]["done"][0]["helped"] is True


@pytest.mark.parametrize("by", ["button", "key"])
def test_a_try_answers_the_question_whether_one_tries_first(practice: Page, by: str) -> None:
    write(practice, "rule", WRONG)
    exercise = cell(practice, "rule")
    press(practice, "rule", "Solution")
    show = exercise.get_by_role("button", name="Show the solution")
    expect(show).to_be_focused()
    if by == "button":
        press(practice, "rule", "Check")
    else:
        practice.keyboard.press("Alt+Enter")
    expect_check(practice, "rule", "fail")
    expect(show).to_have_count(0)
    button = exercise.get_by_role("button", name="Solution")
    expect(button).to_have_attribute("aria-expanded", "false")
    if by == "key":
        expect(button).to_be_focused()
    button.click()
    solution = exercise.locator("[data-kind=solution]")
    expect(solution).to_be_visible()
    check(practice, "rule")
    expect(solution).to_be_visible()


def test_the_comparison_follows_a_screen_that_is_turned(practice: Page) -> None:
    check(practice, "rule", WRONG)
    press(practice, "rule", "Solution")
    solution = cell(practice, "rule").locator("[data-kind=solution]")
    sides = solution.get_by_role("textbox")
    for width, layout, count in [(1280, "beside", 2), (360, "below", 1), (1280, "beside", 2)]:
        practice.set_viewport_size({"width": width, "height": 800})
        expect(solution).to_have_attribute("data-compared", layout)
        expect(sides).to_have_count(count)
        expect(solution).to_contain_text("grad = 3")
        expect(solution).to_contain_text("grad = 6")
        assert practice.evaluate("document.documentElement.scrollWidth <= innerWidth")
    own = cell(practice, "rule").locator(".cell-source .cm-content")
    own.click()
    practice.keyboard.press("ControlOrMeta+a")
    practice.keyboard.insert_text(WRONG.replace("3", "4"))
    expect(solution).to_contain_text("grad = 4")


@pytest.mark.parametrize("width", [360, 1280])
def test_the_comparison_fits_the_screen(practice: Page, width: int) -> None:
    practice.set_viewport_size({"width": width, "height": 800})
    check(practice, "rule", WRONG)
    press(practice, "rule", "Solution")
    solution = cell(practice, "rule").locator("[data-kind=solution]")
    expect(solution.get_by_role("textbox")).to_have_count(1 if width == 360 else 2)
    expect(solution).to_contain_text("grad = 3")
    expect(solution).to_contain_text("grad = 6")
    assert practice.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_comparison_that_does_not_come_leaves_the_solution_to_read(practice: Page) -> None:
    practice.route("**/comparison.js", lambda route: route.abort())
    check(practice, "rule", WRONG)
    press(practice, "rule", "Solution")
    expect(cell(practice, "rule").locator("[data-kind=solution] pre")).to_be_visible()


# --- Questions ---


def test_each_wrong_answer_has_its_own_explanation_and_one_chooses_again(practice: Page) -> None:
    heard = hear(practice)
    expect(quiz(practice, "stage")).to_have_attribute("data-state", "open")
    answer(practice, "stage", "wrong", "the backward pass")
    assert explanations(practice, "stage") == ["It only computes how the loss would change."]
    quiz(practice, "stage").get_by_label("validation").check()
    expect(quiz(practice, "stage")).to_have_attribute("data-state", "open")
    answer(practice, "stage", "wrong", "validation")
    assert explanations(practice, "stage") == ["It must not."]
    answer(practice, "stage", "right", "the update")
    assert explanations(practice, "stage") == ["Only the optimizer’s step writes to the weights."]
    expect(quiz(practice, "stage").get_by_role("radio").first).to_be_disabled()
    assert [(e["id"], e["page"], e["ok"], e["runs"]) for e in heard()] == [
        ("stage", "practice", False, 1),
        ("stage", "practice", False, 2),
        ("stage", "practice", True, 3),
    ]
    others = quiz(practice, "stage").locator("details")
    others.locator("summary").click()
    expect(others).to_contain_text("It must not.")
    quiz(practice, "stage").get_by_role("button", name="Ask again").click()
    expect(quiz(practice, "stage")).to_have_attribute("data-state", "open")
    expect(quiz(practice, "stage").get_by_role("radio", checked=True)).to_have_count(0)
    assert explanations(practice, "stage") == []


def test_nothing_chosen_is_no_answer(practice: Page) -> None:
    heard = hear(practice)
    answer(practice, "stage", "open")
    expect(quiz(practice, "stage").get_by_role("status")).to_have_text("Choose an answer first.")
    answer(practice, "which", "open")
    answer(practice, "amount", "open")
    expect(quiz(practice, "amount").get_by_role("status")).to_contain_text("Type a number")
    assert heard() == []
    assert marks(practice) == {}


def test_several_right_answers(practice: Page) -> None:
    answer(practice, "which", "wrong", "MSE")
    status = quiz(practice, "which").get_by_role("status")
    expect(status).to_contain_text("something is missing")
    assert explanations(practice, "which") == []
    answer(practice, "which", "wrong", "MSE", "Adam")
    expect(status).to_contain_text("One of your choices is wrong.")
    assert explanations(practice, "which") == ["Adam\nIt is an optimizer."]
    answer(practice, "which", "right", "Huber", "MSE")
    assert sorted(explanations(practice, "which")) == [
        "Huber\nSquares near 0.",
        "MSE\nThe mean of squares.",
    ]


@pytest.mark.parametrize(
    ("typed", "state", "why"),
    [
        ("1.6", "right", "Minus rate times gradient."),
        ("1,605", "right", "Minus rate times gradient."),
        ("−1.6", "wrong", "You added the gradient."),
        ("16", "wrong", "Multiply rate and gradient."),
    ],
)
def test_a_number_is_right_within_its_tolerance(
    practice: Page, typed: str, state: str, why: str
) -> None:
    asked = quiz(practice, "amount")
    asked.get_by_label("Your answer").fill(typed)
    asked.get_by_label("Your answer").press("Enter")
    expect(asked).to_have_attribute("data-state", state)
    assert explanations(practice, "amount") == [why]


def test_an_order_is_made_by_keyboard(practice: Page) -> None:
    asked = quiz(practice, "order")
    start = options(practice, "order")
    assert start != ["forward pass", "loss", "update"]
    for at, name in enumerate(["forward pass", "loss", "update"]):
        up = asked.get_by_role("button", name=f"Up: {name}")
        while options(practice, "order").index(name) > at:
            up.focus()
            practice.keyboard.press("Enter")
    expect(asked.get_by_role("button", name="Down: update")).to_have_attribute(
        "aria-disabled", "true"
    )
    asked.get_by_role("button", name="Answer").press("Enter")
    expect(asked).to_have_attribute("data-state", "right")
    assert explanations(practice, "order")[0] == "forward pass\nPredictions come first."


def test_a_wrong_order_says_how_much_is_right(practice: Page) -> None:
    asked = quiz(practice, "order")
    # Never the right order: one that begins with the last stage.
    if options(practice, "order")[0] == "update":
        asked.get_by_role("button", name="Down: update").click()
    while options(practice, "order")[0] != "update":
        asked.get_by_role("button", name="Up: update").click()
    expect(asked.get_by_role("button", name="Down: update")).to_be_focused()
    expect(asked.get_by_role("status").first).to_have_text(re.compile(r"Now 1 of 3\."))
    asked.get_by_role("button", name="Answer").click()
    expect(asked).to_have_attribute("data-state", "wrong")
    expect(asked.locator(".quiz-feedback")).to_contain_text(re.compile("[01] of 3 stand"))
    assert explanations(practice, "order") == ["update\nThe step comes last."]


def test_pictures_are_chosen_by_what_they_show(practice: Page) -> None:
    asked = quiz(practice, "picture")
    asked.locator("label", has=practice.get_by_alt_text("A curve that falls")).click()
    expect(asked.get_by_role("radio", name="A curve that falls")).to_be_checked()
    expect(practice.get_by_role("dialog")).to_have_count(0)
    asked.get_by_role("button", name="Answer").click()
    assert explanations(practice, "picture") == ["It falls all the time."]


def test_options_are_shuffled_and_stay_so_for_one_learner(practice: Page, site: str) -> None:
    names = ("stage", "which", "order", "picture")
    quiz(practice, "stage")
    first = [options(practice, name) for name in names]
    practice.reload()
    quiz(practice, "stage")
    assert [options(practice, name) for name in names] == first
    orders = set()
    for seed in range(12):
        practice.evaluate(
            """seed => { for (const key of Object.keys(localStorage))
            if (key.endsWith(":shuffle")) localStorage.setItem(key, String(seed)) }""",
            seed,
        )
        practice.reload()
        quiz(practice, "stage")
        orders.add(tuple(options(practice, "stage")))
    assert len(orders) > 2


# --- Predict, then run ---


def test_an_answer_opens_when_its_cell_has_run(practice: Page) -> None:
    first, second = practice.locator("details.answer").all()
    expect(first).not_to_have_attribute("open", "")
    expect(first.get_by_text("It rises to 2.5.")).to_be_hidden()
    run(practice, "step")
    expect(first.get_by_text("It rises to 2.5.")).to_be_visible()
    expect(second.get_by_text("It falls.")).to_be_hidden()
    second.locator("summary").click()
    expect(second.get_by_text("It falls.")).to_be_visible()
    practice.reload()
    expect(first.get_by_text("It rises to 2.5.")).to_be_visible()


def test_an_answer_is_open_in_print_and_folded_again(practice: Page) -> None:
    answers = practice.locator("details.answer p")
    expect(answers.first).to_be_hidden()
    practice.evaluate("dispatchEvent(new Event('beforeprint'))")
    for paragraph in answers.all():
        expect(paragraph).to_be_visible()
    practice.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(answers.first).to_be_hidden()


def test_a_guess_stands_beside_the_result(practice: Page) -> None:
    asked = practice.locator("cell-guess[for=step]")
    asked.scroll_into_view_if_needed()
    asked.get_by_role("button", name="Guess").click()
    expect(asked.get_by_role("status")).to_contain_text("Type a number first")
    asked.get_by_label("Your guess").fill("3")
    asked.get_by_label("Your guess").press("Enter")
    expect(asked.get_by_role("status")).to_contain_text("Your guess: 3. Now run the cell")
    result = practice.locator(".cell:has(#step) .guess-result")
    expect(result).to_be_empty()
    run(practice, "step")
    expect(result).to_have_text(
        "Your guess: 3. The lesson’s code gives: 2.5. Your guess was too high."
    )
    choice = practice.locator("cell-guess[for=way]")
    choice.get_by_label("it falls").check()
    choice.get_by_role("button", name="Guess").click()
    run(practice, "way")
    expect(practice.locator(".cell:has(#way) .guess-result")).to_contain_text("You saw it coming.")


def guess(page: Page, number: str) -> Locator:
    """Guesses what the first cell shows; returns the line where guess and result meet."""
    asked = page.locator("cell-guess[for=step]")
    asked.scroll_into_view_if_needed()
    asked.get_by_label("Your guess").fill(number)
    asked.get_by_role("button", name="Guess").click()
    return page.locator(".cell:has(#step) .guess-result")


BOTH = "Your guess: 3. The lesson’s code gives: 2.5. Your guess was too high."


def test_a_guess_and_the_result_stand_together_after_a_reload(practice: Page) -> None:
    result = guess(practice, "3")
    said = practice.locator("cell-guess[for=step]").get_by_role("status")
    for _ in range(2):
        practice.reload()
        expect(said).to_have_text("Your guess: 3. Now run the cell below.")
    expect(result).to_be_empty()
    run(practice, "step")
    expect(result).to_have_text(BOTH)
    for _ in range(2):
        practice.reload()
        expect(result).to_have_text(BOTH)
        expect(said).to_have_text("Your guess: 3.")
    button = practice.locator("cell-guess[for=step]").get_by_role("button", name="Guess")
    expect(button).to_have_attribute("aria-disabled", "true")


def test_a_guess_after_the_reload_of_a_cell_that_ran_meets_its_result(practice: Page) -> None:
    run(practice, "step")
    practice.reload()
    expect(output(practice, "step")).to_contain_text("From before the page was loaded again.")
    expect(guess(practice, "3")).to_have_text(BOTH)
    expect(practice.locator("cell-guess[for=step]").get_by_role("status")).to_have_text(
        "Your guess: 3."
    )


def test_a_page_of_practice_reads_without_script(page: Page, site: str) -> None:
    assert page.context.browser is not None
    context = page.context.browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.route(
        f"{site}/practice.html",
        lambda route: route.fulfill(
            response=(got := route.fetch()), body=got.text().replace('class="js"', 'class="no-js"')
        ),
    )
    plain.goto(f"{site}/practice.html")
    expect(plain.get_by_text("It rises to 2.5.")).to_be_visible()
    expect(plain.locator("#stage").get_by_text("validation")).to_be_visible()
    why = plain.locator("#stage").get_by_text("It must not.")
    expect(why).to_be_hidden()
    plain.locator("#stage details", has=plain.get_by_text("It must not.")).locator(
        "summary"
    ).click()
    expect(why).to_be_visible()
    expect(plain.locator(".cell:has(#rule) summary")).to_have_text(["Hint 1", "Hint 2", "Solution"])
    context.close()


def test_the_script_of_practice_waits_until_it_is_near(page: Page, site: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    page.goto(f"{site}/index.html")
    expect_state(page, "make-w", "idle")
    assert not [name for name in asked if name.startswith(("practice", "progress", "comparison"))]
    page.goto(f"{site}/practice.html")
    expect(page.locator("#stage")).to_have_attribute("data-state", "open")
    assert not [name for name in asked if name.startswith(("progress", "comparison"))]


# --- Progress ---


def test_marks_are_kept_and_shown_in_the_navigation(practice: Page) -> None:
    link = practice.get_by_role("link", name="Practice")
    expect(link).to_have_text("Practice")
    answer(practice, "stage", "wrong", "validation")
    expect(link).to_have_text("Practice")
    answer(practice, "stage", "right", "the update")
    expect(link).to_have_accessible_name("Practice (1 of 7 done)")
    practice.reload()
    expect(link).to_have_accessible_name("Practice (1 of 7 done)")
    expect(quiz(practice, "stage")).to_contain_text(re.compile(r"Answered on \d+ \w+ \d{4}"))
    expect(quiz(practice, "stage")).to_have_attribute("data-state", "open")
    kept = marks(practice)["practice#stage"]
    assert (kept["tries"], len(kept["done"])) == (2, 1)


def test_the_page_of_progress_says_what_was_done(practice: Page, site: str) -> None:
    run(practice, "step")
    check(practice, "rule", WRONG)
    check(practice, "free", "x = 1", "pass")
    answer(practice, "stage", "right", "the update")
    progress(practice, site)
    assert done(practice) == ["1 of 2", "1 of 6", "1 of 2"]
    expect(row(practice, "The missing chain rule")).to_contain_text("tried once")
    expect(row(practice, "Without hints")).to_contain_text(re.compile(r"passed on \d+ \w+ \d{4}"))
    expect(row(practice, "The loss")).to_contain_text("not yet")
    link = practice.get_by_role("link", name="Which stage changes the weights?")
    expect(link).to_have_attribute("href", re.compile(r"/practice\.html#stage$"))


def save(page: Page) -> str:
    with page.expect_download() as download:
        page.get_by_role("button", name="Save to a file").click()
    assert re.fullmatch(r"progress-\d{4}-\d\d-\d\d\.json", download.value.suggested_filename)
    return Path(download.value.path()).read_text("utf-8")


def add(page: Page, text: str) -> None:
    page.locator("lesson-progress input[type=file]").set_input_files(
        {"name": "progress.json", "mimeType": "application/json", "buffer": text.encode()}
    )


def test_a_bad_file_changes_nothing_and_says_why(practice: Page, site: str) -> None:
    answer(practice, "stage", "right", "the update")
    shown = progress(practice, site)
    file = json.loads(save(practice))
    before = marks(practice)
    mark = file["marks"]["practice#stage"]
    bad = {"practice#which": mark, "practice#amount": {**mark, "tries": "many"}}
    for text, words in [
        ("not json", "no file of this lesson’s progress"),
        (json.dumps({**file, "version": 9}), "version 9"),
        (json.dumps({**file, "marks": bad}), "“practice#amount” cannot be read"),
        ("x" * 5_000_001, "too large"),
    ]:
        add(practice, text)
        expect(shown.get_by_role("status")).to_contain_text("Nothing was changed.")
        expect(shown.get_by_role("status")).to_contain_text(words)
        assert marks(practice) == before


def test_clear_can_be_undone(practice: Page, site: str) -> None:
    answer(practice, "stage", "right", "the update")
    shown = progress(practice, site)
    before = marks(practice)
    shown.get_by_role("button", name="Clear").click()
    assert done(practice) == ["0 of 2", "0 of 6", "0 of 2"]
    assert marks(practice) == {}
    shown.get_by_role("button", name="Undo").click()
    expect(shown.get_by_role("status")).to_have_text("Your marks are back.")
    assert done(practice) == ["0 of 2", "1 of 6", "0 of 2"]
    assert marks(practice) == before
    expect(shown.get_by_role("button", name="Undo")).to_be_hidden()


def test_the_record_is_printed_with_no_claim_beyond_it(practice: Page, site: str) -> None:
    answer(practice, "stage", "right", "the update")
    shown = progress(practice, site)
    practice.evaluate("window.print = () => dispatchEvent(new Event('beforeprint'))")
    shown.get_by_role("button", name="Print a record").click()
    practice.emulate_media(media="print")
    expect(shown.get_by_text("proves nothing beyond that")).to_be_visible()
    expect(shown.get_by_text("answered on")).to_be_visible()
    expect(shown.get_by_role("button")).to_have_count(0)
    expect(shown.get_by_text("not yet").first).to_be_hidden()


def test_a_record_names_each_thing_once_and_whole(practice: Page, site: str) -> None:
    title = "Exercise: the best constant for five numbers"
    change(practice, "Without hints", title)
    practice.reload()
    check(practice, "free", "x = 1", "pass")
    progress(practice, site)
    expect(row(practice, "The best constant for five numbers")).to_have_text(
        re.compile("^ExerciseThe best constant for five numbers")
    )
    change(practice, '"id": "free"', '"id": "gone"')
    practice.reload()
    practice.get_by_text("No longer in the lesson").click()
    gone = practice.locator("#progress--gone li")
    expect(gone).to_have_text(re.compile("^ExerciseThe best constant for five numbers "))


def test_what_was_missed_is_asked_again_after_some_days(page: Page, site: str) -> None:
    page.clock.install(time="2026-03-01T10:00:00")
    page.goto(f"{site}/practice.html")
    answer(page, "stage", "wrong", "validation")
    answer(page, "stage", "right", "the update")
    shown = progress(page, site)
    expect(shown).to_contain_text("Nothing is due.")
    expect(shown).to_contain_text("The next one is due on 3 March 2026.")
    page.clock.set_fixed_time("2026-03-03T10:10:00")
    page.reload()
    link = shown.locator(".progress-review").get_by_role("link")
    expect(link).to_have_text("Which stage changes the weights?")
    link.click()
    answer(page, "stage", "right", "the update")
    progress(page, site)
    expect(shown).to_contain_text("The next one is due on 10 March 2026.")


def test_the_list_of_pages_that_does_not_come_leaves_what_was_done(
    practice: Page, site: str
) -> None:
    practice.route("**/practice.json", lambda route: route.abort())
    answer(practice, "stage", "right", "the update")
    shown = progress(practice, site)
    expect(shown).to_contain_text("could not be loaded")
    assert done(practice) == ["0", "1", "0"]


def change(page: Page, old: str, new: str) -> None:
    """The lesson is another from now on."""

    def changed(route: Any) -> None:
        got = route.fetch()
        route.fulfill(response=got, body=got.text().replace(old, new))

    page.route(re.compile(r"/practice\.(html|json)$"), changed)


def test_an_exercise_that_changed_after_it_was_passed_says_so(practice: Page, site: str) -> None:
    check(practice, "free", "x = 1", "pass")
    answer(practice, "stage", "right", "the update")
    change(practice, "22222222", "2222aaaa")
    practice.reload()
    cell(practice, "free").scroll_into_view_if_needed()
    expect(cell(practice, "free")).to_contain_text(
        re.compile(r"changed this exercise since you passed it on \d.*Your mark stays\.")
    )
    expect(practice.get_by_role("link", name="Practice")).to_have_accessible_name(
        "Practice (2 of 7 done)"
    )
    progress(practice, site)
    expect(row(practice, "Without hints")).to_contain_text("the lesson has changed it since")
    assert done(practice)[0] == "1 of 2"
    practice.goto(f"{site}/practice.html")
    check(practice, "free", "x = 1", "pass")
    expect(cell(practice, "free")).not_to_contain_text("changed this exercise")
    progress(practice, site)
    expect(row(practice, "Without hints")).not_to_contain_text("changed it since")


def test_a_question_that_changed_and_one_that_is_gone_keep_their_marks(
    practice: Page, site: str
) -> None:
    answer(practice, "stage", "right", "the update")
    answer(practice, "which", "right", "MSE", "Huber")
    change(practice, "33333333", "3333aaaa")
    practice.reload()
    expect(quiz(practice, "stage")).to_contain_text("changed this question since you answered it")
    change(practice, '"id": "which"', '"id": "other"')
    progress(practice, site)
    practice.get_by_text("No longer in the lesson").click()
    expect(practice.get_by_text("Which of these are losses? (practice)")).to_be_visible()


def test_two_tabs_keep_their_marks(practice: Page, site: str) -> None:
    other = practice.context.new_page()
    other.goto(f"{site}/practice.html")
    overview = practice.context.new_page()
    shown = progress(overview, site)
    answer(practice, "stage", "right", "the update")
    answer(other, "stage", "wrong", "validation")
    answer(other, "which", "right", "MSE", "Huber")
    check(practice, "free", "x = 1", "pass")
    expect(quiz(other, "stage")).to_contain_text("Answered on")
    other.locator("#free").scroll_into_view_if_needed()
    expect(cell(other, "free")).to_contain_text("Passed on")
    assert marks(practice)["practice#stage"]["tries"] == 2
    expect(shown.locator(".progress-sum strong")).to_have_text(["1 of 2", "2 of 6", "0 of 2"])
    for tab in (practice, other):
        expect(tab.get_by_role("link", name="Practice")).to_have_accessible_name(
            "Practice (3 of 7 done)"
        )


def test_blocked_storage_is_told_once_and_breaks_nothing(page: Page, site: str) -> None:
    page.add_init_script(BLOCK)
    page.goto(f"{site}/practice.html")
    check(page, "rule", WRONG)
    notes = page.locator("[data-kind=storage]")
    expect(notes).to_have_text(re.compile("blocks storage, so it keeps no data"))
    answer(page, "stage", "right", "the update")
    check(page, "rule", RIGHT, "pass")
    expect(notes).to_have_count(1)
    expect(page.get_by_role("link", name="Practice")).to_have_accessible_name(
        "Practice (2 of 7 done)"
    )
    first = options(page, "stage")
    assert sorted(first) == ["the backward pass", "the update", "validation"]
    shown = progress(page, site)
    expect(shown).to_contain_text("blocks storage, so it keeps no data")


def test_full_storage_is_told_and_the_mark_is_kept_when_there_is_room(practice: Page) -> None:
    practice.evaluate(f"() => ({FILL})(localStorage)")
    answer(practice, "stage", "right", "the update")
    note = practice.locator("[data-kind=storage]")
    expect(note).to_have_text(re.compile("storage for this site is full"))
    assert marks(practice) == {}
    practice.evaluate("() => localStorage.removeItem('filler0')")
    answer(practice, "which", "right", "MSE", "Huber")
    assert set(marks(practice)) == {"practice#stage", "practice#which"}


# --- The journey ---


def act(page: Page, target: Locator, by: str) -> None:
    """A click, or the key that does the same."""
    if by == "mouse":
        target.click()
        return
    is_input = target.evaluate("node => node.matches('input')")
    target.focus()
    page.keyboard.press("Space" if is_input else "Enter")


def replace_code(page: Page, name: str, code: str, by: str) -> None:
    if by == "mouse":
        write(page, name, code)
        return
    editor(page, name).focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(code)
    page.keyboard.press("Alt+Enter")


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
@pytest.mark.parametrize("storage", ["allowed", "denied"])
def test_a_learner_s_way_through_a_page(page: Page, site: str, by: str, storage: str) -> None:
    if storage == "denied":
        page.add_init_script(BLOCK)
    page.goto(f"{site}/practice.html")
    guess = page.locator("cell-guess[for=step]")
    guess.get_by_label("Your guess").fill("2.5")
    act(page, guess.get_by_role("button", name="Guess"), by)
    act(page, cell(page, "step").get_by_role("button", name="Run Code"), by)
    expect(page.locator(".cell:has(#step) .guess-result")).to_contain_text("You saw it coming.")
    expect(page.get_by_text("It rises to 2.5.")).to_be_visible()

    exercise = cell(page, "rule")
    replace_code(page, "rule", WRONG, by)
    if by == "mouse":
        press(page, "rule", "Check")
    expect_check(page, "rule", "fail")
    hint = exercise.get_by_role("button", name="Hint")
    act(page, hint, by)
    act(page, hint, by)
    expect(exercise.locator("[data-kind=hint]")).to_have_count(2)
    replace_code(page, "rule", RIGHT, by)
    if by == "mouse":
        press(page, "rule", "Check")
    expect_check(page, "rule", "pass")

    asked = quiz(page, "stage")
    for choice, state in [("validation", "wrong"), ("the update", "right")]:
        act(page, asked.get_by_label(choice), by)
        act(page, asked.get_by_role("button", name="Answer"), by)
        expect(asked).to_have_attribute("data-state", state)
    link = page.get_by_role("link", name="Practice")
    expect(link).to_have_accessible_name("Practice (2 of 7 done)")

    page.reload()
    if storage == "denied":
        expect(link).to_have_text("Practice")
        return
    expect(link).to_have_accessible_name("Practice (2 of 7 done)")
    cell(page, "rule").scroll_into_view_if_needed()
    expect(exercise).to_contain_text("Passed on")
    shown = progress(page, site)
    assert done(page) == ["1 of 2", "1 of 6", "1 of 2"]
    with page.expect_download() as download:
        act(page, shown.get_by_role("button", name="Save to a file"), by)
    text = Path(download.value.path()).read_text("utf-8")
    act(page, shown.get_by_role("button", name="Clear"), by)
    assert done(page) == ["0 of 2", "0 of 6", "0 of 2"]
    with page.expect_file_chooser() as chooser:
        act(page, shown.get_by_role("button", name="Add from a file"), by)
    chooser.value.set_files(
        {"name": "p.json", "mimeType": "application/json", "buffer": text.encode()}
    )
    expect(shown.get_by_role("status")).to_have_text(
        "3 marks added, 0 joined with yours. Whatever was done in either counts as done."
    )
    assert done(page) == ["1 of 2", "1 of 6", "1 of 2"]
    page.goto(f"{site}/practice.html")
    cell(page, "rule").scroll_into_view_if_needed()
    expect(exercise).to_contain_text("Passed on")


# --- Access ---


@pytest.mark.parametrize("scheme", ["default", "slate"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_in_any_state(practice: Page, site: str, width: int, scheme: str) -> None:
    practice.set_viewport_size({"width": width, "height": 800})

    def look(page: Page) -> None:
        page.evaluate("scheme => { document.body.dataset.mdColorScheme = scheme }", scheme)
        page.evaluate((NODE_MODULES / "axe-core" / "axe.min.js").read_text("utf-8"))
        violations = page.evaluate(
            """async () => {
            await Promise.allSettled(document.getAnimations().map((colour) => colour.finished));
            return (await axe.run(".md-content")).violations.map((v) =>
            [v.id, v.nodes.map((n) => [n.html.slice(0, 160), n.failureSummary])]) }"""
        )
        assert violations == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    quiz(practice, "stage")
    look(practice)
    practice.locator("cell-guess[for=step]").get_by_label("Your guess").fill("3")
    practice.locator("cell-guess[for=step]").get_by_role("button", name="Guess").click()
    run(practice, "step")
    press(practice, "free", "Solution")
    check(practice, "rule", WRONG)
    press(practice, "rule", "Hint")
    press(practice, "rule", "Hint")
    press(practice, "rule", "Solution")
    expect(cell(practice, "rule").locator("[data-compared]")).to_be_visible()
    answer(practice, "stage", "wrong", "validation")
    answer(practice, "which", "right", "MSE", "Huber")
    quiz(practice, "which").locator("summary").click()
    quiz(practice, "order").get_by_role("button", name="Answer").click()
    quiz(practice, "amount").get_by_label("Your answer").fill("16")
    quiz(practice, "amount").get_by_role("button", name="Answer").click()
    look(practice)
    editor(practice, "rule").first.press("Control+End")
    practice.keyboard.type(" ")
    answer(practice, "stage", "right", "the update")
    look(practice)
    progress(practice, site)
    row(practice, "The loss")
    look(practice)
