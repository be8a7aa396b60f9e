"""A quiz in Markdown: what is read from it, what it becomes on the page, what is refused where."""

import pytest
from bs4 import BeautifulSoup, Tag

from site_hooks.errors import BuildError
from tests.conftest import Collect

PAGE = ("index", "docs/index.md")

ONE = """\
# Page

```quiz id="loop-stage"
Which stage changes the **weights**?

- [ ] the backward pass

  It only computes how the loss would change.

- [x] the `update`
  Only the step writes to the weights: $w \\leftarrow w - g$.
```
"""

NUMBER = """\
```quiz id="loop-amount"
By how much does the weight change?

= 1.6 +- 0.01
  Minus rate times gradient.
!= −1.6
  You added the gradient.
!= 16 ± 0.5
  You forgot the rate.
!= other
  Multiply rate and gradient.
```
"""

ORDER = """\
```quiz id="loop-order"
Put the stages in order.

1. forward pass
   Predictions come first.
2. loss
   It compares them with the targets.
3. backward pass
   It needs the loss.
```
"""


def element(collect: Collect, text: str) -> Tag:
    cell = collect(text, *PAGE)[-1]
    assert cell.kind == "quiz"
    (found,) = BeautifulSoup(cell.html, "html.parser").select("div.quiz > lesson-quiz")
    return found


def test_a_question_and_its_options_read_as_text_with_folded_answers(collect: Collect) -> None:
    quiz = element(collect, ONE)
    assert (quiz["id"], quiz["page"], quiz["kind"]) == ("loop-stage", "index", "one")
    (question,) = quiz.select(":scope > [data-kind=question]")
    assert str(question.p) == "<p>Which stage changes the <strong>weights</strong>?</p>"
    wrong, right = quiz.select(":scope > ol > li")
    assert (wrong["data-right"], right["data-right"]) == ("false", "true")
    (words,) = right.select(":scope > [data-kind=option]")
    assert words.decode_contents() == "the <code>update</code>"
    (explanation,) = right.select(":scope > details > [data-kind=explanation]")
    assert explanation.select("p > .arithmatex")
    assert "It only computes" in wrong.select_one("details > [data-kind=explanation]").text  # type: ignore[union-attr]
    assert [p.text for p in quiz.select(".quiz-verdict")] == ["Not right.", "Right."]


def test_two_right_options_make_a_quiz_of_several(collect: Collect) -> None:
    text = ONE.replace("```\n", "- [x] the optimizer\n  It is the update.\n```\n")
    assert element(collect, text)["kind"] == "several"


def test_a_number_says_what_is_right_what_is_typical_and_the_rest(collect: Collect) -> None:
    quiz = element(collect, NUMBER)
    assert quiz["kind"] == "number"
    items = quiz.select(":scope > details > ol > li")
    assert [(i["data-right"], i["data-value"], i.get("data-tolerance")) for i in items] == [
        ("true", "1.6", "0.01"),
        ("false", "-1.6", "0.01"),
        ("false", "16", "0.5"),
        ("false", "other", None),
    ]
    assert all(i.select_one("[data-kind=explanation] p") for i in items)


def test_an_order_is_shuffled_and_knows_the_places(collect: Collect) -> None:
    quiz = element(collect, ORDER)
    items = quiz.select(":scope > ol > li")
    places = [str(item["data-right"]) for item in items]
    assert sorted(places) == ["1", "2", "3"] != places
    first = items[places.index("1")]
    assert first.select_one("[data-kind=option]").text == "forward pass"  # type: ignore[union-attr]
    assert first.select_one(".quiz-verdict").text == "It comes first."  # type: ignore[union-attr]


PICTURES = """\
````quiz id="which"
Which curve has the higher rate?

- [x] A
  ```python figure="which-a"
  x = 1
  ```
  It swings.
- [ ]
  ![A flat curve](images/cell.png)
  It creeps.
````
"""

TWO_FIGURES = """\
````quiz id="which"
Which curve has the higher rate?

- [x]
  ```python figure="which-a" title="A curve"
  ```
  It swings.
- [ ]
  ```python figure="which-b" title="A curve"
  ```
  It creeps.
````
"""


def test_pictures_are_figures_or_images_above_the_explanation(collect: Collect) -> None:
    figure, cell = collect(f"# Page\n\n{PICTURES}", *PAGE)
    assert (figure.kind, figure.id, figure.source, figure.line) == ("figure", "which-a", "x = 1", 7)
    drawn, image = BeautifulSoup(cell.html, "html.parser").select("[data-kind=option]")
    assert "A" in drawn.text
    assert drawn.select_one("div[data-fence='0']")
    assert image.img and image.img["alt"] == "A flat curve"
    assert "It swings." not in drawn.text


def test_the_version_changes_with_the_question_not_with_an_explanation(collect: Collect) -> None:
    before = element(collect, ONE)["version"]
    assert element(collect, ONE.replace("It only", "It just"))["version"] == before
    assert element(collect, ONE.replace("**weights**", "biases"))["version"] != before


REFUSED = {
    "no explanation": (ONE.replace("  It only computes how the loss would change.\n", ""),
                       "6: quiz “loop-stage”: the option “the backward pass” has no explanation"),
    "no right answer": (ONE.replace("[x]", "[ ]"), "6: quiz “loop-stage”: no option is right"),
    "none wrong": (ONE.replace("[ ]", "[x]"), "6: quiz “loop-stage”: every option is right"),
    "no option": ("```quiz id=\"a\"\nWhy?\n```\n", "2: quiz “a”: it has no option"),
    "one option": ("```quiz id=\"a\"\nWhy?\n\n- [x] b\n  c\n```\n", "4: quiz “a”: it has one"),
    "no question": ("```quiz id=\"a\"\n- [x] b\n  c\n```\n", "2: quiz “a”: it has no question"),
    "an option twice": (ONE.replace("the backward pass", "the `update`"),
                        "10: quiz “loop-stage”: the option “the `update`” stands here twice"),
    "outdented": (ONE.replace("  Only the", "Only the"), "11: quiz “loop-stage”: “Only the step"),
    "an option of another form": (ONE.replace("- [x]", "1."), "10: quiz “loop-stage”: “1. the"),
    "empty option": (ONE.replace("[x] the `update`", "[x]"),
                     "10: quiz “loop-stage”: this option is empty"),
    "a picture by its place": (PICTURES.replace("- [x] A", "- [x] the first"),
                               "4: quiz “which”: “the first” counts pictures"),
    "pictures of one title": (TWO_FIGURES, "8: quiz “which”: two pictures have the title"),
    "no number": (NUMBER.replace("1.6 +- 0.01", "many"), "4: quiz “loop-amount”: “many” is no num"),
    "two right numbers": (NUMBER.replace("!= −", "= "), "4: quiz “loop-amount”: one number is"),
    "no other": (NUMBER.replace("!= other", "!= 3"), "4: quiz “loop-amount”: say once, below != o"),
    "a wrong number in reach": (NUMBER.replace("−1.6", "1.605"),
                                "6: quiz “loop-amount”: 1.605 is also right"),
    "a gap in an order": (ORDER.replace("3.", "4."), "8: quiz “loop-order”: 4. stands at place 3"),
    "no id": ("```quiz\nWhy?\n```\n", "1: a quiz has a name"),
    "unknown key": ('```quiz id="a" mood="good"\nWhy?\n\n- [x] b\n  c\n- [ ] d\n  e\n```\n',
                    "1: unknown key mood"),
    "unknown key alone": ('```quiz mood="good"\nWhy?\n```\n', "1: unknown key mood; known: id"),
    "no name": (ONE.replace("loop-stage", "Loop"), '3: quiz="Loop" is no id'),
    "twice": (f"{ONE}\n{ONE[8:]}", '14: the id "loop-stage" is already taken'),
    "a cell inside": (PICTURES.replace("figure", "run", 1), "5: only a figure can stand in prose"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "words"), REFUSED.values(), ids=REFUSED)
def test_a_quiz_that_cannot_be_asked_is_refused_by_line(
    collect: Collect, text: str, words: str
) -> None:
    with pytest.raises(BuildError) as caught:
        collect(text, *PAGE)
    assert str(caught.value).startswith(f"docs/index.md:{words}")


CELL = '```python run="values"\nw = 2.5\nprint(w)\n```\n\n'
GUESS = '```markdown guess="values"\nHow large is w?\n\n= 2.5 +- 0.1\n```\n\n'
CHOICE = '```markdown guess="values"\nUp or down?\n\n- [x] up\n- [ ] down\n```\n\n'


def test_a_guess_names_its_cell_and_what_comes_true(collect: Collect) -> None:
    guess, _ = collect(GUESS + CELL, *PAGE)
    (found,) = BeautifulSoup(guess.html, "html.parser").select("div.guess > cell-guess")
    assert found.attrs == {"for": "values", "page": "index", "kind": "number",
                           "data-value": "2.5", "data-tolerance": "0.1"}  # fmt: skip
    assert found.select("[data-kind=question] p")
    choice, _ = collect(CHOICE + CELL, *PAGE)
    (found,) = BeautifulSoup(choice.html, "html.parser").select("cell-guess")
    assert found["kind"] == "choice"
    assert [li["data-right"] for li in found.select("ol > li")] == ["true", "false"]


def test_an_answer_folds_behind_its_cell(collect: Collect) -> None:
    text = CELL + '```markdown answer="values"\nIt is **2.5**.\n\n- so\n- there\n```\n'
    _, answer = collect(text, *PAGE)
    assert answer.html.startswith('<details class="answer" data-for="values" open><summary>Answer')
    assert BeautifulSoup(answer.html, "html.parser").select("p > strong, ul > li")


REFUSED_PROSE = {
    "an answer without a cell": ('```markdown answer="gone"\nx\n```\n', "1: answer=\"gone\" n"),
    "a guess without a cell": (GUESS, '1: guess="values" names no cell'),
    "two right choices": (CELL + CHOICE.replace("[ ]", "[x]"), "9: guess “values”: one choice"),
    "a guess in order": (CELL + CHOICE.replace("- [x]", "1.").replace("- [ ]", "2."),
                         "9: guess “values”: a guess is one number"),
    "unknown key": ('```markdown mood="good"\nx\n```\n', "1: unknown key mood; known: hint, "),
    "a setting": (f'{CELL}```markdown answer="values" title="x"\nx\n```\n', "6: unknown key title"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "words"), REFUSED_PROSE.values(), ids=REFUSED_PROSE)
def test_prose_that_belongs_nowhere_is_refused(collect: Collect, text: str, words: str) -> None:
    with pytest.raises(BuildError) as caught:
        collect(text, *PAGE)
    assert str(caught.value).startswith(f"docs/index.md:{words}")
