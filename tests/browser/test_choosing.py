"""The questions on the lesson's own page “Choosing”, by mouse, by keyboard and without script.

It needs a built site.
"""

import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect


@pytest.fixture(scope="module")
def lesson(serve: Callable[[Path], str], built: Path) -> str:
    return f"{serve(built)}/"


def answer(page: Page, words: str) -> None:
    page.locator("decision-tree").get_by_role("button", name=words, exact=True).click()


def test_answers_lead_to_advice_and_a_cell(page: Page, lesson: str) -> None:
    page.goto(f"{lesson}choosing/")
    tree = page.locator("decision-tree")
    expect(tree.get_by_role("group")).to_contain_text("Question 1 of 3What do you predict?")
    answer(page, "A number")
    expect(tree.get_by_role("group")).to_contain_text("Question 1 of 3Are some targets far off?")
    answer(page, "Yes, there are outliers")
    expect(tree).to_contain_text("no outlier pulls harder than δ")
    expect(tree.get_by_role("link", name="Run it")).to_have_attribute(
        "href", re.compile("#start-outliers$")
    )
    answer(page, "A convolutional network")
    answer(page, "One final run, of a length that I know")
    cell = tree.get_by_role("region", name="A cell to begin with").locator("pre")
    lines = (cell.text_content() or "").splitlines()
    assert lines[:3] == [
        "from pylib.data import make_line",
        "from pylib.losses import HuberLoss",
        "from pylib.models import LinearRegression",
    ]
    assert "optimizer = SGD(model.params, lr=lr, momentum=0.9)" in lines
    assert "schedule = CosineAnnealingLR(lr, T_max=steps)" in lines
    assert [line for line in lines if "import" in line] == lines[:6]
    assert not any(one == two == "" for one, two in pairwise(lines))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tree.get_by_role("button", name="Copy the cell").click()
    expect(tree.get_by_role("status")).to_have_text(re.compile("The cell is copied"))
    assert page.evaluate("navigator.clipboard.readText()") == "\n".join(lines) + "\n"


def test_an_answer_can_be_given_anew(page: Page, lesson: str) -> None:
    page.goto(f"{lesson}choosing/")
    tree = page.locator("decision-tree")
    for words in ("Yes or no", "No", "A transformer"):
        answer(page, words)
    expect(tree).to_contain_text("Question 3 of 3")
    tree.get_by_role("button", name="Is yes rare? No").click()
    expect(tree).to_contain_text("Question 1 of 3Is yes rare?")
    expect(tree).not_to_contain_text("AdamW")
    tree.get_by_role("button", name="Start again").click()
    expect(tree).to_contain_text("What do you predict?")
    expect(tree.get_by_role("button", name="Start again")).to_have_count(0)


def test_by_keyboard_alone(page: Page, lesson: str) -> None:
    page.goto(f"{lesson}choosing/")
    tree = page.locator("decision-tree")
    tree.get_by_role("button", name="A number").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # a quantile
    expect(tree.get_by_role("group")).to_be_focused()
    expect(tree.get_by_role("group")).to_have_accessible_description(re.compile("the best answer"))
    for _ in range(2):
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
    expect(tree.get_by_role("region")).to_be_focused()
    expect(tree.get_by_role("region")).to_have_accessible_description(re.compile("Schedule none"))
    expect(tree.locator("pre")).to_contain_text("PinballLoss(quantile=0.9)")


OWN = """
<div class="own"><div><decision-tree></decision-tree></div><ol><li><p>Why?</p><ul>
<li><p>So</p><p>Do.</p><div class="highlight"><pre><code>from b import (c,
               d)
import a

e()</code></pre></div></li></ul></li></ol></div>
"""


def test_an_import_in_parentheses_stays_whole(page: Page, lesson: str) -> None:
    page.goto(f"{lesson}choosing/")
    expect(page.locator("decision-tree")).to_contain_text("What do you predict?")
    page.evaluate(
        "html => document.querySelector('article').insertAdjacentHTML('beforeend', html)", OWN
    )
    own = page.locator(".own decision-tree")
    own.get_by_role("button", name="So").click()
    assert own.locator("pre").text_content() == (
        "import a\nfrom b import (c,\n               d)\n\ne()"
    )


def test_without_script_and_on_paper_it_is_a_list(
    browser: Browser, page: Page, lesson: str
) -> None:
    plain = browser.new_page(java_script_enabled=False)
    plain.goto(f"{lesson}choosing/")
    question = plain.get_by_role("listitem").filter(has_text="What do you predict?").first
    expect(question).to_contain_text("no outlier pulls harder than δ")
    expect(plain.locator(".decision .highlight").first).to_be_visible()
    plain.close()
    page.goto(f"{lesson}choosing/")
    first = page.locator(".decision-list")
    expect(first).to_be_hidden()
    page.emulate_media(media="print")
    expect(first).to_be_visible()
    expect(page.locator("decision-tree")).to_be_hidden()


def test_where_its_script_does_not_come_the_list_does(page: Page, lesson: str) -> None:
    page.route("**/choose.*.js", lambda route: route.abort())
    page.add_init_script("""
        addEventListener("DOMContentLoaded", () => {
            window.atFirst = document.querySelector(".decision > ol")?.clientHeight;
        });""")
    page.goto(f"{lesson}choosing/")
    assert page.evaluate("atFirst") == 0
    expect(page.locator(".decision > ol > li").first).to_be_in_viewport(timeout=10_000)


@pytest.mark.parametrize("place", ["start-labels", "choose-cnn", "the-optimizer-by-model"])
def test_a_link_into_the_page_arrives_though_lists_above_are_folded(
    page: Page, lesson: str, place: str
) -> None:
    page.goto(f"{lesson}choosing/#{place}")
    expect(page.locator("decision-tree")).to_contain_text("What do you predict?")
    expect(page.locator(f"#{place}")).to_be_in_viewport()
    expect(page.locator("#start-rare")).to_be_hidden()


def test_only_the_page_that_asks_fetches_it(page: Page, lesson: str) -> None:
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.goto(lesson)
    page.wait_for_load_state("networkidle")
    assert not any("choose" in url for url in fetched)
    page.locator(".md-nav__link[href*='choosing/']").first.click()
    expect(page.locator("decision-tree")).to_contain_text("What do you predict?")
    assert sum("choose" in url for url in fetched) == 2  # its script, and its looks
