"""A site in another language: its search, and all that the lesson's interface says."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from playwright.sync_api import Page, expect

from site_hooks import words
from site_hooks.paths import ROOT
from site_hooks.publish import finish

TEXT = "# Anfang\n\nOhne Ableitung.\n\n## Maße\n\nDie Häuser und eine Verlustfunktion.\n"


@pytest.fixture(scope="module")
def german(tmp_path_factory: pytest.TempPathFactory) -> Callable[[list[str]], Path]:
    """A finished site of one page, as mkdocs.yml's `theme.language` makes it."""

    def make(plugins: list[Any]) -> Path:
        folder = tmp_path_factory.mktemp("german")
        (folder / "docs").mkdir()
        (folder / "docs/index.md").write_text(TEXT, "utf-8")
        settings = {
            "site_name": "Kurs",
            "theme": {"name": "material", "language": "de", "font": False},
            "plugins": plugins,
        }
        (folder / "mkdocs.yml").write_text(json.dumps(settings), "utf-8")
        config = load_config(str(folder / "mkdocs.yml"))
        config.plugins.run_event("startup", command="build", dirty=False)
        build(config)
        finish.finish(folder / "site", lambda _: b"")
        return folder / "site"

    return make


STEMMED = {"search": {"pipeline": ["stemmer", "stopWordFilter", "trimmer"]}}


@pytest.mark.parametrize(
    ("plugin", "word"),
    [("search", "Verlustfunktion"), (STEMMED, "Haus")],
)
def test_a_german_site_finds_german_words(
    page: Page,
    german: Callable[[list[Any]], Path],
    serve: Callable[[Path], str],
    plugin: Any,
    word: str,
) -> None:
    page.goto(f"{serve(german([plugin]))}/")
    page.get_by_role("textbox", name="Suche").click()
    page.keyboard.type(word)
    expect(page.locator(".md-search-result__item")).to_have_count(1)
    expect(page.locator(".md-search-result__item")).to_contain_text("Maße")


# --- The lesson's own interface ---

PAGE = """# The bowl

```quiz id="double"
Which number is twice two?

- [ ] three
  > One more than two.
- [x] four
  > Two and two.
```

```python run="three" title="A sum"
print(1 + 2)
```

```python figure="line" title="A line"
import matplotlib.pyplot as plt
plt.plot([0, 1], [0, 1])
plt.title("A line")
```

```python run="half" title="Halve it"
w = 4.0
w = ___
```

```markdown hint="half"
Half of it.
```

```python check="half"
assert w == 2, "Half of 4, please."
```

```python solution="half"
w = 2.0
```

```python wrong="half"
w = 8.0
```

## Gradients

Optimizers follow the gradient.
"""
PROGRESS = "# Progress\n\n<lesson-progress></lesson-progress>\n\n<site-storage></site-storage>\n"
ASKING = """# The choice

<div markdown>

<div><decision-tree></decision-tree></div>

1. Which bowl?

    - Round

        **Optimizer** SGD.

        ```python
        lr = 0.1
        ```

    - Long

        **Optimizer** Momentum.

</div>
"""
GRADING = "---\ntemplate: grade.html\n---\n\n# Mark\n\n<lesson-grading></lesson-grading>\n"

# All that is seen or heard of the interface, as [text, own language] of each element.
SHOWN = """() => {
  const found = [];
  for (const node of document.querySelectorAll('body *')) {
    if (node.closest('script, style, svg, .katex, .cm-content, pre')) continue;
    const lang = node.closest('[lang]').lang;
    const words = [...node.childNodes].filter((one) => one.nodeType === 3).map((one) => one.data);
    const names = ['aria-label', 'title', 'placeholder', 'aria-valuetext'];
    const told = names.map((name) => node.getAttribute(name));
    const whole = node.querySelector('button, p, div') ? '' : node.textContent;
    for (const text of [words.join(' '), whole, ...told])
      if (text?.trim()) found.push([text.trim(), lang]);
  }
  return found;
}"""


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Path], str]) -> str:
    """A site with the lesson's interface in German, and pages in English; its address."""
    folder = tmp_path_factory.mktemp("lesson")
    docs = folder / "docs"
    docs.mkdir()
    pages = {"index": PAGE, "progress": PROGRESS, "grade": GRADING, "asking": ASKING}
    for name, text in pages.items():
        (docs / f"{name}.md").write_text(text, "utf-8")
    (docs / "deutsch.md").write_text(f"---\nlang: de\n---\n{TEXT}", "utf-8")
    (folder / "mkdocs.yml").write_text(
        "site_name: Course\ntheme: {name: lesson, language: de}\nplugins: [lesson]\n",
        "utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", "mkdocs.yml"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1", "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return f"{serve(folder / 'site')}/"


def english() -> re.Pattern[str]:
    """Any text of the interface that is another one in German."""
    german = words.of("de")
    texts = {
        form
        for area, found in words.ENGLISH.items()
        for key, text in found.items()
        if area not in ("date", "paper")
        for form in text.split("|")
        if form not in german[area][key].split("|") and re.search(r"[a-z]{2}", form)
    }

    def pattern(text: str) -> str:
        numbers = r"\\\{(?:n|at|all|of|done|right|count|shown|hidden)\\\}"
        return re.sub(r"\\\{\w+\\\}", ".+", re.sub(numbers, r"[\\d.,]+", re.escape(text)))

    return re.compile("|".join(map(pattern, sorted(texts))))


# What stays English: names of pages, and what Python says of a blank.
OF_THE_PAGE = {"Progress", "cell", "Line 2 still has a blank ___. Put your own code in its place."}


def left_over(page: Page) -> set[str]:
    is_english = english()
    return {text for text, _ in page.evaluate(SHOWN) if is_english.fullmatch(text)} - OF_THE_PAGE


def test_what_is_english_would_be_found() -> None:
    assert english().fullmatch("Run Code")
    assert english().fullmatch("Done in 0.3 s")
    assert not english().fullmatch("Code ausführen")


def test_a_german_interface_says_nothing_in_english(page: Page, lesson: str) -> None:
    page.goto(lesson)
    assert page.evaluate("document.documentElement.lang") == "de"
    assert page.evaluate("document.querySelector('article').lang") == "en"
    cell = page.locator("#three")
    cell.get_by_role("button", name="Code ausführen").click()
    expect(cell).to_have_attribute("data-state", "done", timeout=120_000)
    expect(cell.locator(".cell-status")).to_have_text(re.compile(r"^Fertig in (\d+ ms|\d+,\d s)$"))
    expect(cell.get_by_role("log")).to_have_text("3")
    button = cell.get_by_role("button", name="Code ausführen")
    assert button.evaluate("node => node.closest('[lang]').lang") == "de"
    assert cell.locator("[role=log] pre").evaluate("node => node.closest('[lang]').lang") == "en"
    cell.get_by_role("button", name="Mehr").click()
    expect(page.get_by_role("menuitem", name="Link kopieren")).to_be_visible()
    assert left_over(page) == set()
    page.keyboard.press("Escape")

    quiz = page.locator("lesson-quiz")
    quiz.get_by_role("button", name="Antworten").click()
    expect(quiz).to_contain_text("Bitte zuerst eine Antwort wählen.")
    quiz.get_by_label("three").check()
    quiz.get_by_role("button", name="Antworten").click()
    expect(quiz).to_contain_text("Noch nicht.")
    quiz.get_by_label("four").check()
    quiz.get_by_role("button", name="Antworten").click()
    expect(quiz).to_contain_text("Richtig.")

    exercise = page.locator(".cell", has=page.locator("#half"))
    exercise.get_by_role("button", name="Prüfen").click()
    told = exercise.locator("[data-kind=feedback]")
    expect(told).to_contain_text("Noch nicht.", timeout=120_000)
    exercise.get_by_role("button", name="Hinweis").click()
    expect(exercise.locator("[data-kind=hint]")).to_contain_text("Half of it.")
    exercise.get_by_role("button", name="Lösung").click()
    solution = exercise.locator("[data-kind=solution]")
    expect(solution.get_by_role("button", name="Übernehmen")).to_be_visible()
    assert left_over(page) == set()

    editor = exercise.locator("py-cell .cm-content").first
    editor.click()
    page.keyboard.press("Tab")
    expect(exercise.locator(".cell-keys").first).to_contain_text("Esc, dann Tab")
    page.keyboard.press("Control+f")
    expect(exercise.get_by_placeholder("Suchen")).to_be_visible()
    assert left_over(page) == set()
    page.get_by_role("button", name="Alle ausführen").click()
    expect(page.locator(".page-tools-status")).to_contain_text("von 2 Zellen sind gelaufen")
    page.get_by_text("Diese Seite abgeben").click()
    page.get_by_role("button", name="Datei herunterladen").click()
    expect(page.locator(".hand-in-said")).to_contain_text("Bitte zuerst den Namen eintragen")
    page.get_by_role("button", name="Ohne Netz nutzen").click()
    expect(page.locator("offline-use")).to_contain_text("MB")
    # By key: while pages are saved for use offline, the page may move under a pointer.
    page.get_by_role("button", name="Vergrößern: ").first.press("Enter")
    expect(page.get_by_role("button", name="Schließen").last).to_be_visible()
    assert left_over(page) == set()


@pytest.mark.parametrize("name", ["progress", "grade", "deutsch"])
def test_pages_with_elements_of_their_own_are_german(page: Page, lesson: str, name: str) -> None:
    page.goto(f"{lesson}{name}/")
    page.wait_for_load_state("networkidle")
    assert left_over(page) == set()


def test_a_page_of_the_interface_s_language_is_not_marked_and_the_next_one_is(
    page: Page, lesson: str
) -> None:
    page.goto(f"{lesson}deutsch/")
    spoken = "document.querySelector('article').getAttribute('lang')"
    assert page.evaluate(spoken) is None
    page.get_by_role("link", name="Weiter").or_(
        page.get_by_role("link", name="Zurück")
    ).first.click()
    expect(page.locator("article[lang=en]")).to_be_visible()
    expect(page.locator("article [lang=de]").first).to_be_attached()


def test_the_search_of_a_german_interface_finds_english_and_german(page: Page, lesson: str) -> None:
    for word, found in (("follow", "Gradients"), ("Verlustfunktion", "Maße")):
        page.goto(lesson)
        page.get_by_role("textbox", name="Suche").click()
        page.keyboard.type(word)
        expect(page.locator(".md-search-result__item").first).to_contain_text(found)


def test_questions_are_asked_in_german_and_answered_in_the_page_s_language(
    page: Page, lesson: str
) -> None:
    page.goto(f"{lesson}asking/")
    tree = page.locator("decision-tree")
    expect(tree.locator("legend")).to_contain_text("Frage 1 von 1")
    assert left_over(page) == set()
    answer = tree.get_by_role("button", name="Round").locator("span")
    assert answer.evaluate("node => node.closest('[lang]').lang") == "en"
    answer.click()
    take = tree.get_by_role("button", name="Zelle kopieren")
    assert take.evaluate("node => node.closest('[lang]').lang") == "de"
    take.click()
    expect(tree.get_by_role("status")).to_contain_text("Die Zelle ist kopiert")
    expect(tree.locator("pre")).to_have_text("lr = 0.1")
    assert tree.locator("pre").evaluate("node => node.closest('[lang]').lang") == "en"
    assert left_over(page) == set()


def test_an_embedded_cell_is_german(page: Page, lesson: str) -> None:
    for asked, words_shown in (("three", "In der Lektion öffnen"), ("none", "gibt es keine Zelle")):
        page.goto(f"{lesson}?embed={asked}")
        expect(page.locator("article")).to_contain_text(words_shown)
        assert left_over(page) == set()


def test_a_missing_page_is_told_in_german(page: Page, lesson: str) -> None:
    page.goto(f"{lesson}404.html")
    expect(page.get_by_role("heading")).to_have_text("Diese Seite gibt es nicht")
    assert left_over(page) == set()
