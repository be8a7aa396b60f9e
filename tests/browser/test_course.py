"""The guide to a course of one's own, followed where there is no Node.js: from an empty folder on.

At last it is served by nginx in a subfolder, shown by another site, handed in, and marked.

The lesson comes as its wheel, into an environment of its own, from the index that pip knows here.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, FrameLocator, Page, expect

from bench import hand_ins
from site_hooks import node
from site_hooks.content import formulas
from site_hooks.content.taken import ALWAYS
from site_hooks.dev import lesson_wheel, new_course
from site_hooks.paths import PAGES
from tests import servers
from tests.browser import test_grading as grading

GUIDE = PAGES / "instructors" / "course.md"
LANGUAGES = (PAGES / "instructors" / "languages.md").read_text("utf-8")
TAKEN = ("losses/mse", "losses/huber", "optimizers/sgd")
OWN = ("step-size", "notes", "first-page")
NOTES = """# Notes

The loss is $L = (w - 3)^2$. See [Huber](losses/huber.md#the-formula) and [the steps](step-size.md).

```python run="three" title="A sum"
print(1 + 2)
```
"""


class Course(NamedTuple):
    """A course that was built, how its programs are run, and another site beside it."""

    folder: Path
    run: Callable[..., "subprocess.CompletedProcess[str]"]

    lms: Path
    """What the other site shows, the one that may embed the course."""
    other: str

    @property
    def site(self) -> Path:
        return self.folder / "site"

    def page(self, name: str) -> BeautifulSoup:
        html = (self.site / name / "index.html").read_text("utf-8")
        return BeautifulSoup(html, "html.parser")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Path], str]) -> Course:
    place = tmp_path_factory.mktemp("instructor")
    lms = place / "lms"
    lms.mkdir()
    other = serve(lms).replace("127.0.0.1", "localhost")
    wheel = lesson_wheel.build(place)
    subprocess.run([sys.executable, "-m", "venv", place / ".venv"], check=True)
    programs = place / ".venv" / "bin"
    ours = ("PYTHONPATH", "NO_MKDOCS_2_WARNING")
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    environment |= {"PATH": str(programs), "XDG_CACHE_HOME": str(place / "cache")}
    environment["PIP_COMPILE"] = "0"  # most modules are never imported
    assert not shutil.which("node", path=environment["PATH"])
    folder = place / "my-course"

    def run(*command: str, cwd: Path = folder) -> "subprocess.CompletedProcess[str]":
        program = str(programs / command[0])
        return subprocess.run(
            [program, *command[1:]], cwd=cwd, env=environment, capture_output=True,
            encoding="utf-8", check=False,
        )  # fmt: skip

    def must(*command: str, cwd: Path = folder) -> None:
        done = run(*command, cwd=cwd)
        assert done.returncode == 0, done.stdout + done.stderr

    must("pip", "install", "-q", f"./{wheel.name}", cwd=place)
    must("python", "-m", "site_hooks", "new-course", folder.name, cwd=place)
    (example,) = re.findall(
        r"`docs/step-size\.md`:\n\n````markdown\n(.*?)````", GUIDE.read_text(), re.S
    )
    (folder / "docs/step-size.md").write_text(example, encoding="utf-8")
    (folder / "docs/notes.md").write_text(NOTES, encoding="utf-8")
    settings = (folder / "mkdocs.yml").read_text("utf-8")
    pages = f"pages: {json.dumps(TAKEN)}"
    settings, count = re.subn(r"pages: \[.*\]", pages, settings)
    assert count == 1
    settings += f"extra:\n  embed: [{other}]\n"
    (folder / "mkdocs.yml").write_text(settings, encoding="utf-8")
    must("pip", "install", "-q", "-r", "requirements.txt")
    must("mkdocs", "build", "--strict")
    return Course(folder, run, lms, other)


def test_nothing_is_installed_but_at_the_versions_that_the_wheel_names(course: Course) -> None:
    installed = course.run("pip", "freeze", "--exclude", new_course.PACKAGE).stdout.split()
    named = {re.split(" ;", one)[0].lower() for one in lesson_wheel.requirements()}
    assert len(installed) > 50
    assert {one.lower().replace("_", "-") for one in installed} <= named


def test_the_site_has_its_own_pages_and_those_that_it_takes(course: Course) -> None:
    found = {
        path.parent.relative_to(course.site).as_posix() for path in course.site.rglob("index.html")
    }
    assert found == {".", *OWN, *TAKEN, *ALWAYS, "about/notices"}
    nav = [
        link.text.strip()
        for link in course.page("notes").select(".md-nav--primary .md-nav__link[href]")
    ]
    own = [nav.index(title) for title in ("One step downhill", "Notes", "The step size")]
    lesson = [nav.index(title) for title in ("Mean squared error", "Huber loss and MAE")]
    assert max(own) < min(lesson)
    assert {"Privacy", "Mark hand-ins"}.isdisjoint(nav)


def test_every_link_leads_to_a_page_and_what_led_elsewhere_is_text(course: Course) -> None:
    for name in (".", *OWN, *TAKEN, *ALWAYS):
        folder = course.site / name
        for link in course.page(name).select("a[href]"):
            address = str(link["href"]).partition("#")[0].partition("?")[0]
            if address and not re.match(r"https?:|mailto:", address):
                target = (folder / address).resolve()
                assert target.is_file() or (target / "index.html").is_file(), f"{name}: {link}"
    text = course.page("losses/mse").select_one("article")
    written = (PAGES / "losses/mse.md").read_text("utf-8")
    left = re.findall(r"\[([\w -]+)\]\(binary-cross-entropy\.md", written)
    assert text and left
    assert all(words in text.text for words in left)


def test_cells_have_run_formulas_are_set_and_others_pages_are_not_edited(course: Course) -> None:
    assert "<pre>[2.]\n[1.]\n</pre>" in str(course.page("step-size"))
    assert "<pre>3\n</pre>" in str(course.page("notes"))
    assert course.page("notes").select(".katex math")
    assert course.page("losses/mse").select("py-cell .built-output img")
    assert not course.page("losses/mse").select('[rel="edit"]')


def test_v8_in_python_sets_formulas_as_node_does(course: Course) -> None:
    written = "".join(path.read_text("utf-8") for path in PAGES.rglob("*.md"))
    dollars = re.findall(
        r"\$\$(.+?)\$\$|(?<![\\$\w])\$(?!\s)([^$\n`]+?)(?<!\s)\$(?!\w)", written, re.S
    )
    wanted = [{"tex": block or inline, "display": bool(block)} for block, inline in dollars]
    assert len(wanted) > 300
    request = json.dumps(wanted)
    (course.folder / "formulas.json").write_text(request, encoding="utf-8")
    code = (
        "import sys; from pathlib import Path; from site_hooks.content import formulas as f; "
        "sys.stdout.reconfigure(encoding='utf-8'); "
        "print(f._in_python(Path('formulas.json').read_text()), end='')"
    )
    done = course.run("python", "-c", code)
    assert done.returncode == 0, done.stderr
    assert done.stdout == node.run(formulas.RENDERER, stdin=request, failure="KaTeX")


def test_compressed_copies_hold_what_lies_beside_them(course: Course) -> None:
    code = (
        "import brotli, gzip, sys; from pathlib import Path; site = Path('site'); count = 0\n"
        "for path in site.rglob('*'):\n"
        "    unpack = {'.br': brotli.decompress, '.gz': gzip.decompress}.get(path.suffix)\n"
        "    if unpack:\n"
        "        assert unpack(path.read_bytes()) == path.with_suffix('').read_bytes(), path\n"
        "        count += 1\n"
        "print(count)"
    )
    done = course.run("python", "-c", code)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 100


def test_exercises_can_be_proven(course: Course) -> None:
    done = course.run("python", "-m", "site_hooks", "check-cells", "docs/first-page.md")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "write-step: " in done.stdout


def test_it_is_packaged_for_a_learning_system(course: Course) -> None:
    done = course.run("python", "-m", "site_hooks", "package", "scorm12", "--pages", "losses/*")
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = (course.folder / "build").glob("*-scorm12.zip")
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        manifest = archive.read("imsmanifest.xml").decode()
        launch = archive.read("launch.html").decode()
    listed = re.findall(r'<file href="([^"]+)"', manifest)
    assert {*listed, "imsmanifest.xml"} == names
    assert {f"{name}/index.html" for name in (*OWN, *TAKEN)} <= names
    given = re.search(r'id="package">(.*?)</script>', launch)
    assert given
    items = json.loads(given[1])["items"]
    assert {item["page"] for item in items} == {"losses/mse", "losses/huber"}
    done = course.run("python", "-m", "site_hooks", "package", "cmi5", "--site", "docs")
    assert done.returncode == 1
    assert "docs holds no built site: build it first, with `mkdocs build --strict`" in done.stdout


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("mkdocs.yml", "losses/mse", "losses/mes"), 'pages: "losses/mes" names no page'),
        (("docs/notes.md", "losses/huber.md", "losses/focal.md"), "'losses/focal.md'"),
        (("docs/notes.md", "(w - 3)", "\\nope"), "notes.md:3: formula"),
    ],
)
def test_a_mistake_of_the_instructor_ends_the_build(
    course: Course, change: tuple[str, str, str], words: str
) -> None:
    name, right, wrong = change
    file = course.folder / name
    text = file.read_text("utf-8")
    assert right in text
    try:
        file.write_text(text.replace(right, wrong), encoding="utf-8")
        done = course.run("mkdocs", "build", "--strict", "--site-dir", "wrong")
    finally:
        file.write_text(text, encoding="utf-8")
    assert done.returncode != 0
    assert words in done.stderr


def test_a_language_is_added_as_its_guide_says(
    course: Course, serve: Callable[[Path], str], page: Page
) -> None:
    (command,) = re.findall(r"^    (python -m site_hooks new-language \w+)$", LANGUAGES, re.M)
    assert course.run(*command.split()).returncode == 0
    language = command.split()[-1]
    path = course.folder / "languages" / f"{language}.json"
    said = json.loads(path.read_text("utf-8"))
    said["cell"] |= {"run": "Exécuter « tout »", "doneIn": "Fini en {time} `ms`"}
    del said["cell"]["reset"], said["tools"]
    said["all"] |= {"locale": language, "point": ","}
    settings = course.folder / "mkdocs.yml"
    before = settings.read_text("utf-8")
    after = before.replace("theme: lesson", f"theme:\n  name: lesson\n  language: {language}")
    assert after != before
    build = ("mkdocs", "build", "--strict", "--site-dir", language)
    try:
        settings.write_text(after, "utf-8")
        path.write_text(json.dumps(said), "utf-8")
        done = course.run(*build)
        assert done.returncode == 0, done.stderr
        said["cell"]["doneIn"] = "Fini"
        path.write_text(json.dumps(said), "utf-8")
        wrong = course.run(*build[:-1], "wrong")
        assert "fr.json: cell.doneIn needs these gaps, and no others: {time}" in wrong.stderr
    finally:
        settings.write_text(before, "utf-8")
    page.goto(f"{serve(course.folder / language)}/step-size/")
    assert page.evaluate("document.documentElement.lang") == language
    cell = page.locator("py-cell#two-steps")
    cell.get_by_role("button", name="Exécuter « tout »").click()
    expect(cell.locator(".cell-status")).to_have_text(
        re.compile(r"Fini en [\d,]+ m?s `ms`"), timeout=120_000
    )
    expect(page.get_by_role("button", name="Run all")).to_be_visible()
    page.get_by_role("textbox", name="Recherche").click()
    page.keyboard.type("downhill")
    expect(page.locator(".md-search-result__item").first).to_be_visible()


def test_a_cell_runs_in_the_browser(
    course: Course, serve: Callable[[Path], str], page: Page
) -> None:
    page.goto(f"{serve(course.site)}/step-size/")
    cell = page.locator("py-cell#two-steps")
    cell.get_by_role("button", name="Run Code").click()
    expect(cell.get_by_role("log")).to_contain_text("[2.]\n[1.]", timeout=120_000)


def check(framed: FrameLocator, one: hand_ins.Exercise, answer: str) -> None:
    """Writes an answer into an exercise, and has it checked."""
    cell = framed.locator(f"py-cell#{one.id}")
    cell.scroll_into_view_if_needed()
    cell.locator(".cm-content").fill(answer)
    cell.get_by_role("button", name="Check").click()


def test_a_course_in_another_site_is_handed_in_and_a_class_is_marked(
    course: Course, browser: Browser, tmp_path: Path
) -> None:
    asked = hand_ins.of_pages(
        [*(PAGES / f"{name}.md" for name in TAKEN), course.folder / "docs/first-page.md"]
    )
    good, bad = [one for one in asked if one.page == "losses/mse"][:2]
    with servers.running(servers.nginx_command, course.site, tmp_path) as address:
        frame = f'<iframe title="Lesson" width=1000 height=800 src="{address}losses/mse/?embed">'
        (course.lms / "unit.html").write_text(f"<!doctype html><title>Unit</title>{frame}</iframe>")
        learner = browser.new_page(viewport={"width": 1280, "height": 900})
        learner.goto(f"{course.other}/unit.html")
        framed = learner.frame_locator("iframe")
        check(framed, good, good.right)
        passed = framed.locator(f"py-cell#{good.id}")
        expect(passed).to_have_attribute("data-check", "pass", timeout=120_000)
        check(framed, bad, bad.wrong)
        failed = framed.locator(f"py-cell#{bad.id}")
        expect(failed).to_have_attribute("data-check", "fail", timeout=60_000)
        framed.get_by_text("Hand in this page").click()
        framed.get_by_label("Your name").fill("Ada")
        with learner.expect_download() as download:
            framed.get_by_role("button", name="Download the file").click()
        own = Path(download.value.path()).read_bytes()
        learner.close()

        marking = browser.new_page(viewport={"width": 1280, "height": 900})
        marking.goto(f"{address}grade/")
        named = hand_ins.identity((course.site / "grade/index.html").read_text("utf-8"))
        made = hand_ins.of_class(named, own=0.01, asked=asked)
        made.add(
            "ada.json",
            own,
            hand_ins.Expected(1, 1, asked=sum(one.page == good.page for one in asked)),
        )
        assert len(made.files) == 121
        marking.get_by_label("Seconds for each cell").fill("5")
        grading.drop(marking, made.files)
        done = grading.said(marking)
        expect(done).to_have_text("121 files are done.", timeout=grading.PATIENCE_MS)
        grading.assert_table(marking, made, len(asked))
        grading.assert_csv(grading.download(marking), made, asked)
        assert marking.evaluate("window.hacked") is None
        marking.close()
