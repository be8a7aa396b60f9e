"""A fence is a cell at its place, or is refused by file and line; it is never inline code."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import markdown
import pytest

from site_hooks.content import fences
from site_hooks.errors import BuildError
from tests.conftest import Collect

ONE = '# Page\n\n```python run="one" title="First"\nx = 1\n```\n'
PAGE = ("losses/mse", "docs/losses/mse.md")


def test_a_fence_with_a_kind_is_a_cell(collect: Collect) -> None:
    (cell,) = collect(ONE, *PAGE)
    assert (cell.kind, cell.id, cell.source) == ("run", "one", "x = 1")
    assert cell.settings == {"title": "First"}
    assert (cell.page, cell.where, cell.session) == ("losses/mse", "docs/losses/mse.md:3", "main")


def test_a_fence_without_a_kind_stays_a_code_block(collect: Collect) -> None:
    text = '```python title="x" hl_lines="1"\nx = 1\n```\n\n```\nrun="no"\n```\n'
    assert collect(text, *PAGE) == []


INSIDE = {
    "admonition": (3, '!!! note\n\n    ```python run="one"\n    x = 1\n    ```\n'),
    "list": (3, '1. Item\n\n    ```python run="one"\n    x = 1\n    ```\n'),
    "details": (3, '??? tip "More"\n\n    ```python run="one"\n    x = 1\n    ```\n'),
    "tab": (3, '=== "NumPy"\n\n    ```python run="one"\n    x = 1\n    ```\n'),
    "definition": (4, 'Word\n:   Words.\n\n    ```python run="one"\n    x = 1\n    ```\n'),
    "quotation": (1, '> ```python run="one"\n> x = 1\n> ```\n'),
    "div": (3, '<div markdown>\n\n```python run="one"\nx = 1\n```\n\n</div>\n'),
    "tilde": (1, '~~~python run="one"\nx = 1\n~~~\n'),
    "py": (1, '```py run="one"\nx = 1\n```\n'),
    "python3": (1, '```python3 run="one"\nx = 1\n```\n'),
    "py in braces": (1, '``` {.py run="one"}\nx = 1\n```\n'),
    "braces": (1, '``` {.python run="one"}\nx = 1\n```\n'),
    "after front matter": (5, '---\ntitle: T\n---\n\n```python run="one"\nx = 1\n```\n'),
}


@pytest.mark.parametrize(("line", "text"), INSIDE.values(), ids=INSIDE)
def test_cells_are_found_inside_other_blocks(collect: Collect, line: int, text: str) -> None:
    (cell,) = collect(text, *PAGE)
    assert (cell.id, cell.source, cell.line) == ("one", "x = 1", line)


@pytest.fixture
def snippet() -> Iterator[Path]:
    """A file of the folder that the lesson's snippets come from."""
    path = Path("site_hooks/theme/figures/cell-of-a-test.md")
    path.write_text(f"Words.\n\n{ONE}", encoding="utf-8")
    yield path
    path.unlink()


def test_a_cell_of_a_snippet_names_the_snippets_own_line(collect: Collect, snippet: Path) -> None:
    include = f'--8<-- "{snippet.name}"\n'
    two = '```python run="two"\nx = 2\n```\n'
    first, second = collect(f"# Page\n\n!!! note\n\n    {include}\n{two}", *PAGE)
    assert (first.id, first.source) == ("one", "x = 1")
    assert first.where == f"{snippet.resolve()}:5"
    assert (second.id, second.line) == ("two", 7)


def test_a_fence_shown_inside_a_longer_fence_is_no_cell(collect: Collect) -> None:
    assert collect(f"````markdown\n{ONE}````\n", *PAGE) == []
    (cell,) = collect(f"````markdown\n{ONE}````\n\n{ONE}", *PAGE)
    assert cell.line == 11


def test_cells_keep_the_order_of_the_page(collect: Collect) -> None:
    text = "".join(f'```python run="{name}"\n{name} = 1\n```\n\n' for name in "cab")
    assert [cell.id for cell in collect(text, *PAGE)] == ["c", "a", "b"]


def test_two_fences_that_say_the_same_are_two_cells(collect: Collect) -> None:
    hint = '```python hint="one"\nx\n```\n\n'
    assert [cell.line for cell in collect(f"{ONE}\n{hint}{hint}", *PAGE)] == [3, 7, 11]


def test_html_goes_to_the_place_of_the_fence() -> None:
    html = f"<p>a</p>{fences.mark(1)}<ul>{fences.mark(0)}</ul>"
    assert fences.fill(html, ["<b>0</b>", r"\1"]) == r"<p>a</p>\1<ul><b>0</b></ul>"


def test_every_opening_line_of_the_lesson_is_a_cell_collected(collect: Collect) -> None:
    for path in Path("docs").rglob("*.md"):
        text = path.read_text(encoding="utf-8")
        outside = _without_examples(text)
        opened = sum(
            line.lstrip(" >").startswith(("```python ", "```markdown ", "```quiz", "````quiz"))
            for line in outside
        )
        plain = sum(line.strip().startswith("```python title") for line in outside)
        assert len(collect(text, path.stem, str(path))) == opened - plain, path


def _without_examples(text: str) -> list[str]:
    lines, closing = [], ""
    for line in text.splitlines():
        ticks = line.strip()[: len(line.strip()) - len(line.strip().lstrip("`"))]
        if closing:
            closing = "" if line.strip() == closing else closing
        elif len(ticks) > 3 and not line.strip().endswith(ticks) and "quiz" not in line:
            closing = ticks
        else:
            lines.append(line)
    return lines


REFUSED = {
    "no quotes": ("```python run=one\nx = 1\n```\n", "1: this fence is not read"),
    "no quotes, after one that shows it": (
        "````\n```python run=one\n```\n````\n\n```python run=one\nx = 1\n```\n",
        "6: this fence is not read",
    ),
    **{
        f"of {name}": (
            f"{opening}\nx = 1\n```\n",
            f"1: run is a key of python fences, and this one is of {name}; write ```python run=",
        )
        for name, opening in {
            "js": '```js run="one"',
            "Python": '```Python run="one"',
            "text": '``` {.text run="one"}',
            "no language": '``` run="one"',
        }.items()
    },
    "several faults": (
        '```python run="one"\n1 +\n```\n\n```python solution="no"\n1\n```\n',
        '2: .* in the cell “one”\npage.md:5: solution="no" belongs to',
    ),
    "a key of no cell": ('```text mood="good"\nx\n```\n', "1: this fence is not read"),
    "not closed": ('\n```python run="one"\nx = 1\n', "2: this fence is not read"),
    "outdented": (
        '- a\n\n    ```python run="one"\n  x\n    ```\n',
        "3: this fence is not read",
    ),
    "after a bullet": ('- ```python run="one"\n  x\n  ```\n', "1: this fence is not read"),
    "code by indentation": (
        '    ```python run="one"\n    x = 1\n    ```\n',
        '1: the fence run="one" is not on the page',
    ),
    "commented out": (f"{ONE[:8]}<!--\n{ONE[8:]}-->\n", '4: the fence run="one" is not on'),
    "id": ('```python run="One!"\nx = 1\n```\n', '1: run="One!" is no id'),
    "id twice": (ONE + ONE, '8: the id "one" is already taken at page.md:3'),
    "solution of none": ('```python solution="two"\nx\n```\n', '1: solution="two" belongs to'),
    "timeout": ('```python run="one" timeout="soon"\nx\n```\n', '1: timeout="soon" is not'),
    "empty": ('```python run="one"\n\n```\n', '1: the cell "one" is empty'),
    "syntax": ('```python run="one"\nx = 1\ny = (\n```\n', "3: .* in the cell “one”"),
    "settings alone": ('```python session="b"\nx\n```\n', "1: session belongs to a cell; add "),
    "live without a control": ('```python live="one"\nx\n```\n', "1: the live figure “one” has no"),
    "form comment": (
        '```python run="one"\nx = 1  #@param {}\n```\n',
        "2: unknown type none; known",
    ),
    "typing error": ('```python titel="One"\nx\n```\n', "1: unknown key titel; known: run, "),
    "session of a figure": (
        '```python figure="one" session="b"\nx = 1\n```\n',
        "1: unknown key session; known beside figure: title$",
    ),
    "title of a hint": (
        ONE + '\n```python hint="one" title="x"\nx\n```\n',
        "7: unknown key title; known beside hint: none",
    ),
    **{
        key: (
            f'```python run="one" {key}="true"\nx = 1\n```\n',
            f"1: unknown key {key}; known beside run: title, session, raises, timeout, hide$",
        )
        for key in ("autorun", "fresh", "predict", "colour")
    },
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_a_malformed_cell_names_file_line_and_mend(
    collect: Collect, text: str, message: str
) -> None:
    with pytest.raises(BuildError, match=f"^page.md:{message}"):
        collect(text, "page", "page.md")


def test_a_cell_of_a_docstring_is_refused() -> None:
    taker = fences.Fences()
    settings: dict[str, Any] = {}
    outer = ["pymdownx.superfences"]
    extensions = taker.added_to(outer, settings)
    taker.begin("::: pylib.losses", *PAGE)
    html = markdown.Markdown(extensions=extensions, extension_configs=settings).convert("")
    # mkdocstrings converts docstrings with the extensions that it was given, before ours came.
    markdown.Markdown(extensions=outer, extension_configs=settings).convert(ONE)
    with pytest.raises(BuildError, match="^docs/losses/mse.md:1: a docstring .* run, title; cells"):
        taker.end(html)


def test_a_cell_that_means_a_syntax_error_may_have_one(collect: Collect) -> None:
    (cell,) = collect('```python run="one" raises="SyntaxError"\nx = (\n```\n', *PAGE)
    assert cell.settings["raises"] == "SyntaxError"


EXERCISE = """\
```python run="grad" title="Write it"
grad = ___
```

```markdown hint="grad"
The *inner* derivative is $x$; see [MSE](losses/mse.md).
```

```python hint="grad"
grad = 2 * ...
```

```python check="grad"
assert grad == 2, "Not 2 < 3."
```

```python solution="grad"
grad = 2
```

```python wrong="grad"
grad = 3
```
"""


def test_a_cell_with_a_check_is_an_exercise_with_a_session_of_its_own(collect: Collect) -> None:
    cell, *parts = collect(EXERCISE, *PAGE)
    assert (cell.is_exercise, cell.session, cell.runs_at_build) == (True, "ex-grad", False)
    assert [part.kind for part in parts] == ["hint", "hint", "check", "solution", "wrong"]
    assert parts[0].html.startswith('<p>The <em>inner</em> derivative is <span class="arith')
    assert parts[0].line == 5
    shared = collect(EXERCISE.replace('title="Write it"', 'session="clinic"'), *PAGE)[0]
    assert shared.session == "clinic"
    plain = collect('```python run="grad"\nx = 1\n```\n', *PAGE)[0]
    assert (plain.is_exercise, plain.session, plain.runs_at_build) == (False, "main", True)


def without(kind: str) -> str:
    blocks = EXERCISE.split("\n\n")
    return "\n\n".join(block for block in blocks if f'python {kind}="' not in block)


INCOMPLETE = {
    "solution": (without("solution"), '13: the exercise "grad" has no solution'),
    "wrong": (without("wrong"), '13: the exercise "grad" has no wrong answer: nothing'),
    "check": (without("check"), '17: wrong="grad" answers an exercise without a check'),
    "two checks": (f'{EXERCISE}\n```python check="grad"\npass\n```\n', "25: a second check"),
    "two solutions": (f'{EXERCISE}\n```python solution="grad"\nx\n```\n', "25: a second sol"),
    "raises": (EXERCISE.replace("title=", "raises="), '1: the exercise "grad" cannot say raises'),
    "an import of the learner's": (
        EXERCISE.replace("grad = 2\n", "import math\ngrad = 2\n").replace(
            'check="grad"\n', 'check="grad"\nmath.pi\n'),
        "13: the check takes math from the learner's imports"),
    "a blank in the solution": (EXERCISE.replace("grad = 2\n", "grad = ___\n"),
                                "17: the solution still has a blank ___"),
    "no cell": (EXERCISE.replace('run="grad"', 'run="w"'), '5: hint="grad" belongs to no cell'),
}  # fmt: skip


@pytest.mark.parametrize(("text", "words"), INCOMPLETE.values(), ids=INCOMPLETE)
def test_an_exercise_that_nothing_proves_is_refused(
    collect: Collect, text: str, words: str
) -> None:
    with pytest.raises(BuildError) as caught:
        collect(text, *PAGE)
    assert str(caught.value).startswith(f"{PAGE[1]}:{words}")
