"""MkDocs itself refuses a page that learners could not use, and names the file and the line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

ROOT = Path(__file__).parents[2]
GOOD = '# Page\n\n```python run="one"\nprint(1)\n```\n'


def build(
    tmp_path: Path, page: str, extra: str = "footer: []"
) -> "subprocess.CompletedProcess[str]":
    """Builds a site of one page with the lesson's own settings."""
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "index.md").write_text(page, encoding="utf-8")
    (tmp_path / "mkdocs.yml").write_text(
        f"INHERIT: {ROOT / 'mkdocs.yml'}\ndocs_dir: {docs}\nsite_dir: {tmp_path / 'site'}\n"
        "nav: [index.md]\nwatch: []\nplugins: [lesson]\n"
        f"extra: {{{extra}}}\n"
    )
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", str(tmp_path / "mkdocs.yml")],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_cells_stand_in_their_places_with_what_they_print(tmp_path: Path) -> None:
    two = '=== "Tab"\n\n    ```python run="two"\n    print(x + 1)\n    ```\n'
    page = GOOD.replace("print(1)", "x = 41") + f"\nBetween.\n\n{two}"
    done = build(tmp_path, page)
    assert done.returncode == 0, done.stderr
    html = (tmp_path / "site/index.html").read_text("utf-8")
    assert "data-fence" not in html
    first, second = html.index('<py-cell id="one"'), html.index('<py-cell id="two"')
    assert first < html.index("Between.") < html.index("tabbed-content") < second
    assert second < html.index("<pre>42\n</pre>")


def test_a_setting_of_who_may_embed_that_names_nobody_stops_the_build(tmp_path: Path) -> None:
    done = build(tmp_path, GOOD, "footer: [], embed: https://moodle.example.edu")
    assert done.returncode != 0
    assert "mkdocs.yml: extra.embed is 'https://moodle.example.edu'; write" in done.stderr
    assert not (tmp_path / "site/index.html").exists()


TEMPLATE = ROOT / "site_hooks/dev/page.md"


def test_the_page_that_authors_copy_builds_with_all_its_practice(tmp_path: Path) -> None:
    page = TEMPLATE.read_text(encoding="utf-8").replace("Only the opt", "[Only](index.md) the opt")
    done = build(tmp_path, page)
    assert done.returncode == 0, done.stderr
    html = (tmp_path / "site/index.html").read_text("utf-8")
    soup = BeautifulSoup(html, "html.parser")
    assert "data-fence" not in html
    exercise = "div.cell > py-cell[exercise][check]"
    assert [e["id"] for e in soup.select(exercise)] == ["write-step"]
    hints = soup.select(f"{exercise} ~ details[data-kind=hint]")
    assert [h.select_one("summary").text for h in hints] == ["Hint 1", "Hint 2"]  # type: ignore[union-attr]
    assert hints[1].select(".katex math")
    assert len(soup.select(f"{exercise} ~ details[data-kind=solution]")) == 1
    assert [(q["id"], q["kind"]) for q in soup.select("div.quiz > lesson-quiz")] == [
        ("which-changes", "one"),
        ("how-far", "number"),
    ]
    assert [a["href"] for a in soup.select("lesson-quiz [data-kind=explanation] a")] == ["./"]
    assert soup.select("div.guess > cell-guess[for=one-step]")
    assert "At 2.5" in soup.select("details.answer[data-for=one-step]")[0].text
    assert "w + lr * gradient" not in html


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("# Page\n\n```python run=one\nprint(1)\n```\n", "index.md:3: this fence is not read"),
        (GOOD + GOOD[8:], 'index.md:6: the id "one" is already taken at'),
        ('# Page\n\n```python solution="two"\n1\n```\n', 'index.md:3: solution="two" belongs to'),
        ('# Page\n\n```python run="one"\n1 / 0\n```\n', 'index.md:3: the cell "one" fails'),
        (f'{GOOD}\n```python check="one"\n1\n```\n', 'index.md:7: the exercise "one" has no sol'),
        (
            '# Page\n\n```quiz id="q"\nWhy?\n\n- [x] a\n- [ ] b\n```\n',
            "index.md:6: quiz “q”: the op",
        ),
    ],
)
def test_the_build_fails_and_names_file_and_line(tmp_path: Path, page: str, message: str) -> None:
    done = build(tmp_path, page)
    assert done.returncode != 0
    assert message in done.stderr
