"""What people read in the interface stands in languages/, and nowhere else in our sources."""

import ast
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from site_hooks.paths import HOOKS, ROOT

READER = ROOT / "tests" / "client" / "prose.mjs"

# Of a script, what reads like words and is none of the interface's: its beginning, or "" for all.
STYLES = "style sheets and markup"
PYTHON = "Python's own: its code and its errors are English"
CONSOLE = "said in the console, to developers"
LESSON = "the lesson's own words, which are English"
ALLOWED: dict[str, dict[str, str]] = {
    "cell/editor-help.ts": {
        **dict.fromkeys(
            (
                "current match",
                "on line",
                "replaced match on line $",
                "Selection deleted",
                "folded code",
                "match case",
                "by word",
                "replace all",
            ),
            "CodeMirror's names for its words",
        ),
        "and as assert": PYTHON,
    },
    "cell/editor.ts": {"1px solid": STYLES, ".cm-": STYLES},
    "cell/form-comments.ts": {"": "errors of a comment in the code, as content/forms.py has them"},
    "cell/state.ts": dict.fromkeys(("x min", "x ms", "x xx"), "units, and texts side by side"),
    "cell/take-home.ts": {"": "words of the notebook, whose text is the lesson's"},
    "cell/twin-styles.ts": {"": STYLES},
    "cell/twin.ts": {"# pip install": "a command"},
    "embed/styles.ts": {"": STYLES},
    "grade/similarity.ts": {"False None": PYTHON},
    "grade/table.ts": {"look at": "a column of the CSV, which scripts read"},
    "lms/cmi5.ts": {"Activity": "a name of xAPI"},
    "lms/scorm.ts": {
        **dict.fromkeys(("Initialize", "Terminate", "Commit"), "calls of SCORM"),
        "x was refused": CONSOLE,
    },
    "page/spoken.ts": {"": STYLES},
    "practice/door.ts": {"py-cell[exercise]": STYLES},
    "practice/progress-page.ts": dict.fromkeys(("Exercise: ", "Question: ", "Cell: "), LESSON),
    "python/confine.ts": {"": PYTHON},
    "python/grader.ts": {"": PYTHON},
    "python/programs.ts": {"": PYTHON},
    "python/worker.ts": dict.fromkeys(
        ("Not done after", "Nothing was drawn", "Left for another"), CONSOLE
    ),
    "race/race.ts": {"Saddle": "a name of pylib"},
    "race/settings.ts": {"Nesterov": "a method's name", "own:": "how a link begins a class's name"},
    "session/session.ts": dict.fromkeys(
        ("a cell went on", "Python is started anew", "Python did not answer"), CONSOLE
    ),
    "shared/site.ts": {"lesson:x:": "names of what the browser keeps"},
    "storage/offline-use.ts": {"x KB": "a unit", "x MB": "a unit"},
    "storage/service-worker.ts": {"<a href": STYLES, "<!doctype html>": STYLES},
}

# Of Python, what writes HTML or Markdown into pages.
WRITERS = (
    *(f"content/{name}.py" for name in ("render", "render_quiz", "standfirst", "notebooks")),
    *(f"handout/{name}.py" for name in ("chapter", "document")),
)
BETWEEN_TAGS = re.compile(r">([^<>{}]*[A-Za-z]{2,}[^<>{}]*)<")
READ_ATTRIBUTE = re.compile(
    r"\b(?:aria-label|title|alt|placeholder)=[\"']([^\"'{]*[A-Za-z]{2}[^\"'{]*)"
)


def prose(*project: Path) -> dict[str, list[tuple[int, str]]]:
    command = ["node", str(READER), *map(str, project)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120)
    assert done.returncode == 0, done.stderr
    found: dict[str, list[tuple[int, str]]] = json.loads(done.stdout)
    return found


def test_scripts_have_no_words_of_the_interface() -> None:
    found = prose()
    left = [
        f"{name}:{line}: {text}"
        for name, lines in found.items()
        for line, text in lines
        if not any(text.strip().startswith(start.strip()) for start in ALLOWED.get(name, ()))
    ]
    assert not left, "write these into languages/en.json and de.json"
    used = {
        (name, start)
        for name, starts in ALLOWED.items()
        for start in starts
        if any(text.strip().startswith(start.strip()) for _, text in found.get(name, []))
    }
    assert used == {(name, start) for name, starts in ALLOWED.items() for start in starts}


@pytest.mark.parametrize(
    "source",
    [
        'node.textContent = "waiting";',
        'node.title = "Run all";',
        'const words = "It was not run.";',
        "const words = `Saved ${String(node)} to a file`;",
        'make("p", {}, "yes");',
        'make("p", { "aria-label": "results" });',
        'make("p", {}, on ? "Show code" : "Hide code");',
        'button("ok", () => undefined);',
        'node.append("more");',
    ],
)
def test_words_are_found_wherever_they_stand(source: str, tmp_path: Path) -> None:
    before = "declare const node: HTMLElement, on: boolean, make: any, button: any;\n"
    quiet = 'make("p", { class: "two words" }); node.querySelector(":scope > p"); import("./x");\n'
    (tmp_path / "a.ts").write_text(f"{before}{quiet}{source}\n", "utf-8")
    (tmp_path / "tsconfig.json").write_text('{"include": ["*.ts"]}', "utf-8")
    assert {name: len(lines) for name, lines in prose(tmp_path).items()} in (
        {"a.ts": 1},
        {"a.ts": 2},
    )


def of_template(text: str) -> Iterator[str]:
    """What people would read of a template: its text, its attributes, its scripts' sentences."""
    text = re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL)
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\b[A-Z]{4,}\b", "{}", text, flags=re.DOTALL)
    for script in re.findall(r"<script\b[^>]*>(.*?)</script>", text, re.DOTALL):
        code = re.sub(r'^\s*//.*$|"use strict"', "", script, flags=re.MULTILINE)
        strings = (
            text for pair in re.findall(r"\"([^\"\n]*)\"|'([^'\n]*)'", code) for text in pair
        )
        yield from (
            text for text in strings if re.fullmatch(r"[^.#:>=(\[]*[a-z]{2},? [a-z]{2}.*", text)
        )
    text = re.sub(r"<(script|style|svg)\b.*?</\1>", "<>", text, flags=re.DOTALL)
    yield from READ_ATTRIBUTE.findall(text)
    for piece in re.sub(r"<[^>]*>|\b[\w-]+=\"[^\"]*\"", "\n", text).splitlines():
        yield from re.findall(r"[A-Za-z]{2}[^{}]*", re.sub(r"&\w+;", "", piece))


@pytest.mark.parametrize("path", sorted(HOOKS.rglob("*.html")), ids=lambda p: p.name)
def test_templates_have_no_words_of_the_interface(path: Path) -> None:
    if path.parent.name == "figures":
        return  # pictures of the lesson
    assert not list(of_template(path.read_text("utf-8")))


def test_words_of_a_template_are_found() -> None:
    assert list(of_template("<p>Go {{ there }}</p>")) == ["Go "]
    assert list(of_template('<a aria-label="Next page" class="a b">{{ x }}</a>')) == ["Next page"]
    assert list(of_template("<script>say('it is late')</script>")) == ["it is late"]


def of_writer(source: str) -> Iterator[str]:
    """What people would read of the HTML that a module's strings hold."""
    tree = ast.parse(source)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    told = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = (p.value if isinstance(p, ast.Constant) else "{}" for p in node.values)
            text = "".join(str(part) for part in parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            continue
        if id(node) not in told:
            yield from BETWEEN_TAGS.findall(text)
            yield from READ_ATTRIBUTE.findall(text)
            yield from re.findall(r"\*\*([A-Z][a-z].*)", text)


@pytest.mark.parametrize("name", WRITERS)
def test_what_writes_pages_has_no_words_of_the_interface(name: str) -> None:
    assert not list(of_writer((HOOKS / name).read_text("utf-8")))


def test_words_of_a_writer_are_found() -> None:
    source = 'def f(x):\n    """<p>Told</p>"""\n    return f"<p>{x}</p><summary>Answer</summary>"'
    assert set(of_writer(source)) == {"Answer"}


def test_style_sheets_show_no_words() -> None:
    for path in HOOKS.rglob("*.css"):
        shown = re.findall(
            r"content:\s*[\"'][^\"']*[A-Za-z]{2}[^\"']*[\"']", path.read_text("utf-8")
        )
        assert not shown, path
