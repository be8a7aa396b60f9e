"""MkDocs itself refuses a page that learners could not use, and names the file and the line."""

import json
import os
import socket
import subprocess
import sys
import textwrap
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from mkdocs.utils.yaml import yaml_load

ROOT = Path(__file__).parents[2]
GOOD = '# Page\n\n```python run="one"\nprint(1)\n```\n'


def settings(tmp_path: Path, pages: Mapping[str, str], **changed: Any) -> Path:
    """The lesson's own settings for a site of some pages."""
    docs = tmp_path / "docs"
    for name, text in pages.items():
        (docs / name).parent.mkdir(parents=True, exist_ok=True)
        (docs / name).write_text(text, encoding="utf-8")
    own = {
        "INHERIT": str(ROOT / "mkdocs.yml"),
        "docs_dir": str(docs),
        "site_dir": str(tmp_path / "site"),
        "nav": [*(name for name in pages if name.endswith((".md", ".ipynb"))), "about/notices.md"],
        "watch": [],
        "plugins": ["lesson"],
        "extra": {"footer": []},
    }
    file = tmp_path / "mkdocs.yml"
    file.write_text(json.dumps(own | changed, indent=1), encoding="utf-8")
    return file


def build(
    tmp_path: Path, pages: str | Mapping[str, str], **changed: Any
) -> "subprocess.CompletedProcess[str]":
    """Builds a site of one page, or of some, with the lesson's own settings."""
    file = settings(tmp_path, {"index.md": pages} if isinstance(pages, str) else pages, **changed)
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", str(file)],
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
    done = build(tmp_path, GOOD, extra={"footer": [], "embed": "https://moodle.example.edu"})
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


CODE: dict[str, Any] = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
PROSE: dict[str, Any] = {"cell_type": "markdown", "metadata": {}}


def notebook(*cells: Mapping[str, Any], minor: int = 4) -> str:
    """A notebook's file; the format 4.4 and older has no ids."""
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": minor})


def test_what_is_wrong_with_all_pages_is_told_together(tmp_path: Path) -> None:
    pages = {
        "index.md": "# A\n\nWrong: $\\nosuch$.\n\n- Fine: $x$\n\n$$\n\\frac{a\n$$\n",
        "b.md": f'{GOOD}\n{GOOD[8:]}\n```python solution="none"\n1\n```\n',
        "c.md": '---\nmoood: 1\n---\n# C\n\n```python run="one"\n(\n```\n'
        '\n```js run="two"\n1\n```\n',
        "d.md": '# D\n\n```python run="big"\n1\n```\n\n```markdown hint="big"\n$\\hint$\n```\n',
        "e.ipynb": notebook(PROSE | {"source": "# E"}, PROSE | {"source": "$\\lab$"}),
    }
    done = build(tmp_path, pages)
    assert done.returncode != 0
    docs = tmp_path / "docs"
    for words in (
        "index.md:3: formula \\nosuch: ",
        "index.md:8: formula \\frac{a: ",
        'b.md:7: the id "one" is already taken at',
        'b.md:11: solution="none" belongs to no cell',
        "c.md:2: unknown key moood",
        "c.md:10: run is a key of python fences, and this one is of js",
        "d.md:8: formula \\hint: ",
        "e.ipynb: cell 2: formula \\lab: ",
    ):
        assert f"{docs}/{words}" in done.stderr, done.stderr
    assert "Traceback" not in done.stderr


def test_the_failing_cells_of_all_pages_are_told_together(tmp_path: Path) -> None:
    wrong = GOOD.replace("print(1)", "1 / 0")
    done = build(tmp_path, {"index.md": wrong, "b.md": wrong, "c.md": GOOD})
    assert done.returncode != 0
    for page in ("index.md", "b.md"):
        assert f'{page}:3: the cell "one" fails at build' in done.stderr


def test_links_that_lead_nowhere_are_told_with_file_and_line(tmp_path: Path) -> None:
    pages = {
        "index.md": "# A\n\n[x](gone.md) [x](b.md#no)\n\n![p](images/no.png)\n\n[x](gone.md)\n"
        '\n```text\n[x](#in)\n```\n\n```python run="one"\n1\n```\n'
        '\n```markdown hint="one"\n[x](#in)\n```\n',
        "b.md": "# B\n\n[x](lab.ipynb#lab)\n[x](lab.ipynb#nowhere)\n",
        "lab.ipynb": notebook(
            PROSE | {"source": "# Lab\n[x](b.md#b), [x](index.md)"},
            PROSE | {"source": ["[x](no.md)\n", "![p](no.png), [x](b.md#nowhere)"]},
        ),
        "loose.md": "# Loose\n",
    }
    nav = ["index.md", "b.md", "lab.ipynb", "not-there.md", "about/notices.md"]
    done = build(tmp_path, pages, nav=nav)
    assert done.returncode != 0
    docs = tmp_path / "docs"
    settings_lines = (tmp_path / "mkdocs.yml").read_text("utf-8").splitlines()
    nav_line = settings_lines.index(' "nav": [') + 1
    for words in (
        f"{docs}/index.md:3: contains a link 'gone.md'",
        f"{docs}/index.md:7: contains a link 'gone.md'",
        f"{docs}/index.md:3: contains a link 'b.md#no', but the doc",
        f"{docs}/index.md:5: contains a link 'images/no.png'",
        f"{docs}/index.md:18: contains a link '#in', but there is no such anchor",
        f"{docs}/b.md:4: contains a link 'lab.ipynb#nowhere'",
        f"{docs}/lab.ipynb: cell 2: contains a link 'no.md'",
        f"{docs}/lab.ipynb: cell 2: contains a link 'no.png'",
        f"{docs}/lab.ipynb: cell 2: contains a link 'b.md#nowhere'",
        f"{tmp_path}/mkdocs.yml:{nav_line}: nav has no line for {docs}/loose.md",
        f"{tmp_path}/mkdocs.yml:{nav_line + 4}: nav names not-there.md",
    ):
        assert words in done.stderr, done.stderr
    told = [line for line in done.stderr.splitlines() if line.startswith("WARNING")]
    assert len(told) == 11, done.stderr


def test_a_notebook_s_cells_need_no_ids(tmp_path: Path) -> None:
    """Format 4.4 has none; Jupyter makes some that no page has; Colab keeps its own apart."""
    old: list[Mapping[str, Any]] = [
        PROSE | {"source": "# Old\n\n![p](images/p.png) and [back](index.md)"},
        CODE | {"source": ["x = 1\n", "x"]},
        CODE | {"source": "x + 1", "metadata": {"tags": ["id:named", "title:The step $\\beta_1$"]}},
        CODE | {"source": "x + 2", "metadata": {"id": "kQ3_RtZ8"}},
        CODE | {"source": "w = ___", "metadata": {"tags": ["run:ex"]}},
        CODE | {"source": "assert w == 2, 'No.'", "metadata": {"tags": ["check:ex"]}},
        CODE | {"source": "w = 2", "metadata": {"tags": ["solution:ex"]}},
        CODE | {"source": "w = 3", "metadata": {"tags": ["wrong:ex"]}},
    ]
    new: list[Mapping[str, Any]] = [
        PROSE | {"id": "a", "source": "# New"},
        CODE | {"id": "4f3a9c2d", "source": "1"},
    ]
    pages = {
        "index.md": "# A\n",
        "old.ipynb": notebook(*old),
        "new.ipynb": notebook(*new, minor=5),
        "images/p.png": "",
    }
    done = build(tmp_path, pages)
    assert done.returncode == 0, done.stderr
    html = (tmp_path / "site/old/index.html").read_text("utf-8")
    page = BeautifulSoup(html, "html.parser")
    cells = page.select("py-cell")
    assert [cell["id"] for cell in cells] == ["cell-2", "named", "kq3-rtz8", "ex"]
    assert cells[1]["title"] == "The step β₁"
    assert page.select("article img")[0]["src"] == "../images/p.png"
    assert page.select("article a[href='../']")[0].text == "back"
    copy = json.loads((tmp_path / "site/old/old.ipynb").read_text("utf-8"))
    assert copy["nbformat_minor"] == 5
    html = (tmp_path / "site/new/index.html").read_text("utf-8")
    assert [cell["id"] for cell in BeautifulSoup(html, "html.parser").select("py-cell")] == [
        "c-4f3a9c2d"
    ]


def test_what_is_no_notebook_is_refused_in_words(tmp_path: Path) -> None:
    good = notebook(CODE | {"source": "1"})
    pages = {
        "index.md": "# A\n",
        "broken.ipynb": good.replace("[{", "[\n<<<<<<< HEAD\n{"),
        "empty.ipynb": "",
        "list.ipynb": "[]",
        "old.ipynb": '{"nbformat": 3, "worksheets": []}',
        "bare.ipynb": '{"nbformat": 4, "cells": [{}]}',
    }
    done = build(tmp_path, pages)
    assert done.returncode != 0
    for words in (
        "broken.ipynb:2: this is no notebook, as its JSON is broken: ",
        "empty.ipynb:1: this is no notebook, as its JSON is broken: ",
        "list.ipynb:1: this is no notebook: ",
        "old.ipynb:1: a notebook of format 3, not 4; open it in Jupyter",
        "bare.ipynb: cell 1 has no cell_type",
    ):
        assert f"{tmp_path}/docs/{words}" in done.stderr, done.stderr
    assert "Traceback" not in done.stderr


FRONT = """---
template: home.html
prerequisites: "[Momentum](optimizers/momentum.md)"
hero:
  title: Hero
  lead: Words.
  actions: [{text: There, page: losses/mse.md}, {text: Gone, page: losses/huber.md}]
---

# Front

[There](losses/mse.md), [Huber loss](losses/huber.md#the-formula), [own draft](draft.md).

```python run="one"
1
```

```markdown hint="one"
As on [Huber](losses/huber.md).
```
"""


def test_links_to_pages_of_the_lesson_that_are_left_out_become_words(tmp_path: Path) -> None:
    pages = {
        "index.md": FRONT,
        "losses/mse.md": "# MSE\n\nNext: [Huber](huber.md), [SGD](../optimizers/sgd.md)\n",
        "labs/optimizer-race.ipynb": notebook(
            PROSE | {"source": "# Lab\n[Huber](../losses/huber.md), [MSE](../losses/mse.md)"}
        ),
        "draft.md": "# Draft\n",
    }
    nav = ["index.md", "losses/mse.md", "labs/optimizer-race.ipynb", "about/notices.md"]
    done = build(
        tmp_path, pages, nav=nav, exclude_docs="draft.md",
        extra={"footer": ["help.md", "about/notices.md"]},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "losses/huber.md is left out: 4 links to it are words" in done.stderr
    for address in ("", "losses/mse/", "labs/optimizer-race/", "about/notices/"):
        html = (tmp_path / "site" / address / "index.html").read_text("utf-8")
        page = BeautifulSoup(html, "html.parser")
        links = [str(link["href"]) for link in page.select("a[href]")]
        gone = ("huber", "momentum", "sgd", "instructors", "help", "draft")
        assert not [link for link in links if any(name in link for name in gone)]
    front = BeautifulSoup((tmp_path / "site/index.html").read_text("utf-8"), "html.parser")
    assert "Huber loss" in front.select("article")[0].text
    assert [one.text for one in front.select(".hero__actions a")] == ["There"]
    home = (tmp_path / "site/notebook.json").read_text("utf-8")
    assert "site:losses/mse/" in home
    assert "huber" not in home


def test_the_guide_s_page_title_logo_and_colours_are_those_of_the_site(tmp_path: Path) -> None:
    """What instructors/authoring.md shows, to the letter."""
    guide = (ROOT / "docs/instructors/authoring.md").read_text("utf-8")
    page = guide.split("````markdown\n")[1].split("````")[0]
    look = yaml_load("site_name" + guide.split("```yaml\nsite_name")[1].split("```")[0])
    colours = guide.split("```css\n")[1].split("```")[0]
    pages = {
        "index.md": "# Front\n",
        "log-cosh.md": textwrap.dedent(page),
        "assets/logo.svg": (ROOT / "site_hooks/theme/.icons/lesson/logo.svg").read_text("utf-8"),
        "assets/course.css": colours,
    }
    done = build(tmp_path, pages, **look)
    assert done.returncode == 0, done.stderr
    html = (tmp_path / "site/log-cosh/index.html").read_text("utf-8")
    soup = BeautifulSoup(html, "html.parser")
    assert [cell["id"] for cell in soup.select("py-cell")] == ["log-cosh-values"]
    assert "Log-cosh loss - Optimization, winter term" in soup.title.text  # type: ignore[union-attr]
    assert "Department of Statistics" in soup.select(".colophon")[0].text
    logo = soup.select("header .md-logo img")[0]["src"]
    assert (tmp_path / "site/log-cosh" / str(logo)).resolve().is_file()
    sheets = [str(link["href"]).rpartition("/")[2] for link in soup.select("link[rel=stylesheet]")]
    assert [name.partition(".")[0] for name in sheets].index("colours") < len(sheets) - 1
    assert sheets[-1].startswith("course.")
    css = (tmp_path / "site/assets" / sheets[-1]).read_text("utf-8")
    assert css.index("--blue-text: #08664a") < css.index('[data-md-color-scheme="slate"]')


def test_formulas_in_titles_are_shown(tmp_path: Path) -> None:
    title = 'title="The step $\\frac{1}{2}$"'
    draw = "import matplotlib.pyplot as plt\nplt.plot([1, 2])"
    page = (
        f'# A\n\n```python figure="one" {title}\n{draw}\n```\n'
        f'\n```python run="two" {title}\n1\n```\n\n```python {title}\nplain\n```\n'
        '\n```python run="three"\n#@title Words $x^2$\n1\n```\n'
    )
    done = build(tmp_path, page)
    assert done.returncode == 0, done.stderr
    soup = BeautifulSoup((tmp_path / "site/index.html").read_text("utf-8"), "html.parser")
    assert soup.select("figcaption math mfrac")
    assert soup.select(".filename math mfrac")
    assert [cell["title"] for cell in soup.select("py-cell")] == ["The step 1/2", "Words x²"]


@contextmanager
def served(tmp_path: Path, pages: Mapping[str, str]) -> Iterator[tuple[str, Path]]:
    """The preview of some pages: its address, and what it has said."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    file = settings(tmp_path, pages)
    said = tmp_path / "said"
    command = ["-m", "site_hooks.dev.serve", address, "--config-file", str(file)]
    with said.open("w") as out:
        server = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"}, stdout=out, stderr=out,
        )  # fmt: skip
        try:
            yield f"http://{address}/", said
        finally:
            server.terminate()
            server.wait(30)


def get(address: str) -> str:
    """A page; "" while nothing answers. One that does not answer in ten seconds hangs."""
    try:
        return str(urllib.request.urlopen(address, timeout=10).read().decode())
    except urllib.error.HTTPError as error:
        return str(error.read().decode())
    except urllib.error.URLError:
        return ""


def until(holds: Callable[[], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.3)


def test_the_preview_shows_what_is_wrong_and_goes_on_when_it_is_mended(tmp_path: Path) -> None:
    """It starts with a page that cannot be built, and hears of another later."""
    wrong = GOOD.replace("print(1)", "1 / 0")
    with served(tmp_path, {"index.md": wrong}) as (address, said):
        page = tmp_path / "docs/index.md"
        until(lambda: "cannot be built" in get(address))
        assert "index.md:3: the cell &quot;one&quot; fails at build" in get(address)
        page.write_text(GOOD, "utf-8")
        until(lambda: '<py-cell id="one"' in get(address))
        page.write_text(f"{GOOD}\n[x](no.md)\n\n![p](no.png)\n", "utf-8")
        page.with_name("loose.md").write_text("# Loose\n", "utf-8")
        until(lambda: "no.png" in said.read_text("utf-8"))
        told = said.read_text("utf-8")
        assert f"WARNING  {page}:7: contains a link 'no.md'" in told
        assert f"WARNING  {page}:9: contains a link 'no.png'" in told
        assert "nav has no line for" in told
        until(lambda: '<py-cell id="one"' in get(address))
        assert "INFO" not in told
        page.write_text(f"{GOOD}\n$\\nosuch$\n", "utf-8")
        until(lambda: "index.md:7: formula" in get(address))
        assert "index.md:7: formula" in said.read_text("utf-8")
        assert "hooks.py" not in said.read_text("utf-8"), "the build's own traceback"
        page.write_text(GOOD, "utf-8")
        until(lambda: '<py-cell id="one"' in get(address))
