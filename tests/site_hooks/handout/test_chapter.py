"""A page's content on paper: what is left out, what is answered, and where links lead."""

import pytest
from bs4 import BeautifulSoup

from site_hooks import words
from site_hooks.content import quizzes, render, render_quiz
from site_hooks.content.cells import Cell, validate
from site_hooks.handout.chapter import Addresses, Chapter, Links, chapter

URL = "losses/mse/"


def made(html: str, *, address: str = "", only_exercises: bool = False) -> Chapter:
    """A page of the losses, printed with the next one."""
    addresses = Addresses()
    links = Links({"losses/mse": "c1", "losses/huber": "c2"}, address, addresses)
    return chapter(html, URL, "Mean squared error", 1, links, only_exercises=only_exercises)


def soup(html: str, **how: bool) -> BeautifulSoup:
    return BeautifulSoup(made(html, **how).body, "html.parser")  # type: ignore[arg-type]


def cell(kind: str, source: str, html: str = "", **settings: str) -> Cell:
    language = "markdown" if html else "python"
    return Cell("step", kind, source, "losses/mse", "mse.md", 1, settings, language, html)  # type: ignore[arg-type]


def exercise() -> str:
    """An exercise as the build writes it."""
    cells = validate(
        [
            cell("run", "w = 4\nw = ___", title="Exercise: halve it"),
            cell("hint", "Half.", "<p>Half of it.</p>"),
            cell("check", "assert w == 2, 'Half of 4.'"),
            cell("solution", "w = 4\nw = w / 2"),
            cell("wrong", "w = 3"),
        ]
    )
    html, _ = render.page(cells, {}, "../../")
    return "".join(html)


def quiz(text: str) -> str:
    convert = lambda words, line: f"<p>{words}</p>"  # noqa: E731
    return render_quiz.quiz(quizzes.parse(text), "asked", "losses/mse", convert)


CHOICE = quiz("Which?\n\n- [ ] one\n  Too few.\n- [x] two\n  A pair.\n")


def test_an_exercise_has_room_and_its_hint_and_solution_stand_elsewhere() -> None:
    page = made(exercise())
    body = BeautifulSoup(page.body, "html.parser")
    title = body.select_one(".exercise .cell-title")
    assert title is not None
    assert title.text == "Exercise 1.1 Halve it"
    assert "___" in body.select(".exercise pre")[0].text
    assert len(body.select(".exercise .room")) == 1
    for word in ("Half of it", "w / 2", "Half of 4", "w = 3"):
        assert word not in body.text
        assert word not in str(body)
    assert "1.1" in page.hints[0]
    assert "Half of it." in page.hints[0]
    assert "w / 2" in BeautifulSoup(page.answers[0], "html.parser").text


def test_a_question_can_be_marked_and_says_nothing_of_its_answer() -> None:
    page = made(f"{exercise()}{CHOICE}")
    body = BeautifulSoup(page.body, "html.parser")
    assert [li.text for li in body.select(".question .options > li")] == ["one", "two"]
    for word in ("A pair", "Right", "data-right", "Too few"):
        assert word not in page.body
    answer = BeautifulSoup(page.answers[1], "html.parser")
    assert answer.select_one(".number").text == "1.2"  # type: ignore[union-attr]
    right = [one.text for one in answer.select(".option-answer") if one.select(".right")]
    assert right == ["b) right A pair."]


def test_a_number_and_an_order_are_written_down() -> None:
    number = quiz("2 + 2?\n\n= 4\n  Twice two.\n!= 5\n  One more.\n!= other\n  Count.\n")
    page = made(number)
    assert 'class="blank"' in page.body
    assert "Twice" not in page.body
    assert "= 4 " in page.answers[0]
    assert "<p>any other number " in page.answers[0]
    order = quiz("In turn?\n\n1. forward\n   First.\n2. loss\n   Second.\n3. step\n   Third.\n")
    page = made(order)
    shown = [li.text for li in BeautifulSoup(page.body, "html.parser").select(".options > li")]
    told = page.answers[0].partition("In this order: ")[2].partition("<")[0].split(", ")
    assert [shown[ord(letter[0]) - ord("a")] for letter in told] == ["forward", "loss", "step"]


def test_what_only_a_screen_has_is_left_out() -> None:
    body = soup(
        '<h1>Mean squared error</h1><p>Text<a class="headerlink" href="#x">#</a></p>'
        '<figure><picture><source srcset="n.png"><img class="on-light" src="../../assets/l.png" '
        'loading="lazy"></picture><picture><img class="on-dark" src="../../assets/d.png">'
        '</picture></figure><details class="picture-code"><pre>plot()</pre></details>'
        "<page-tools></page-tools>"
    )
    assert [(i["src"], i.get("loading")) for i in body.select("img")] == [("assets/l.png", None)]
    assert body.text == "Text"
    assert not body.select("h1, source, picture, page-tools")


def test_what_is_folded_lies_open() -> None:
    body = soup(
        '<details class="note"><summary>Why?</summary><p>So.</p></details>'
        '<details class="answer" data-for="x" open><summary>Answer</summary><p>4.</p></details>'
    )
    assert not body.select("details, summary")
    assert [p.text for p in body.select(".admonition > p")] == ["Why?", "So."]
    assert [p.text for p in body.select(".seen > p")] == ["4."]


def test_tabs_stand_one_below_the_other() -> None:
    body = soup(
        '<div class="tabbed-set"><input id="t1"><input id="t2"><div class="tabbed-labels">'
        '<label for="t1">A</label><label for="t2">B</label></div><div class="tabbed-content">'
        '<div class="tabbed-block"><p>a</p></div><div class="tabbed-block"><p>b</p></div>'
        "</div></div>"
    )
    assert [p.text for p in body.select("p")] == ["A", "a", "B", "b"]


@pytest.mark.parametrize(
    ("href", "address", "leads_to", "mark"),
    [
        ("#sources", "", "#c1-sources", ""),
        ("../huber/", "", "#c2", ""),
        ("../huber/#the-formula", "", "#c2-the-formula", ""),
        ("../../schedules/", "", None, ""),
        ("../../schedules/#x", "https://a.example/", "https://a.example/schedules/#x", "1"),
        ("../../", "https://a.example/", "https://a.example/", "1"),
        ("https://b.example/paper", "", "https://b.example/paper", "1"),
    ],
)
def test_links_lead_within_the_file_or_print_their_address(
    href: str, address: str, leads_to: str | None, mark: str
) -> None:
    page = made(f'<p>See <a href="{href}">this</a>.</p>', address=address)
    body = BeautifulSoup(page.body, "html.parser")
    link = body.select_one("a")
    assert (link["href"] if link else None) == leads_to
    assert body.text == f"See this{mark}."


def test_an_address_that_is_printed_needs_no_number() -> None:
    assert soup('<a href="https://b.example">https://b.example</a>').text == "https://b.example"


def test_ids_of_two_pages_do_not_meet() -> None:
    page = made(
        '<h2 id="sources">Sources</h2><svg aria-labelledby="t d"><title id="t">T</title>'
        '<desc id="d"></desc><path marker-end="url(#tip)"></path></svg>'
    )
    assert page.sections == [("c1-sources", "Sources")]
    assert 'aria-labelledby="c1-t c1-d"' in page.body
    assert "url(#c1-tip)" in page.body


def test_exercises_alone_keep_the_text_that_leads_to_them() -> None:
    code = '<pre class="highlight">1</pre>'
    ran = f'<div class="cell"><py-cell id="ran" page="p">{code}</py-cell></div>'
    html = (
        f"<h2 id='a'>Theory</h2><p>Long.</p>{ran}<h2 id='b'>Try it</h2><p>Story.</p>{ran}"
        f"<p>Task.</p>{exercise()}<p>Asked:</p>{CHOICE}<p>End.</p>"
    )
    body = soup(html, only_exercises=True)
    assert [h.text for h in body.select("h3")] == ["Try it"]
    assert [p.text for p in body.find_all("p", recursive=False)] == ["Task.", "Asked:"]
    assert len(body.select(".exercise")) == len(body.select(".question")) == 1
    assert not body.select("#c1-ran")
    assert made("<p>Only text.</p>", only_exercises=True).body == ""


def test_on_paper_the_interface_s_words_are_those_of_its_language() -> None:
    links = Links({"losses/mse": "c1"}, "", Addresses())
    german = chapter(exercise(), URL, "Mean squared error", 1, links, said=words.of("de"))
    assert "<strong>Aufgabe 1.1</strong> Halve it" in german.body
    assert "Exercise" not in german.body
