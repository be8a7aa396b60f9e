"""The page for marking on the built site, with the browser's own Python and a class of 120."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from bench import hand_ins
from bench.hand_ins import Class, Exercise, exercises, identity, of_class, sealed, submission

PATIENCE_MS = 600_000
STEP = "index#loop-step"


@pytest.fixture(scope="module")
def address(built: Path, serve: Callable[[Path], str]) -> str:
    return f"{serve(built)}/grade/"


@pytest.fixture(scope="module")
def site(built: Path) -> tuple[str, str]:
    return identity((built / "grade" / "index.html").read_text("utf-8"))


@pytest.fixture
def grading(browser: Browser, address: str) -> Iterator[Page]:
    """The page, in a browser that was never here; no exception, no other host, no dialog."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: wrong.append(dialog.message))
    root = address.removesuffix("grade/")
    context.on("request", lambda r: None if r.url.startswith((root, "blob:", "data:"))
               else wrong.append(r.url))  # fmt: skip
    page.goto(address)
    yield page
    assert page.evaluate("window.hacked") is None
    context.close()
    assert wrong == []


def payload(files: dict[str, bytes]) -> list[FilePayload]:
    return [
        {"name": name, "mimeType": "application/json", "buffer": content}
        for name, content in files.items()
    ]


def drop(page: Page, files: dict[str, bytes]) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").click()
    chooser.value.set_files(payload(files))


def row(page: Page, file: str) -> Locator:
    """The row of a file, whose name is no HTML."""
    name = page.locator(".grading-table tbody tr")
    own = name.filter(has=page.locator(".grading-file").get_by_text(file, exact=True))
    return own if own.count() else name.filter(has=page.locator("th").get_by_text(file, exact=True))


def cells(line: Locator) -> dict[str, str]:
    found: dict[str, str] = line.evaluate(
        "line => Object.fromEntries([...line.querySelectorAll('td')]"
        ".map(cell => [cell.dataset.label, cell.innerText.trim()]))"
    )
    return found


def said(page: Page) -> Locator:
    return page.locator("lesson-grading [role=status]")


def download(page: Page) -> list[dict[str, str]]:
    with page.expect_download() as made:
        page.get_by_role("button", name="Download CSV").click()
    assert re.fullmatch(r"grading-\d{4}-\d\d-\d\d\.csv", made.value.suggested_filename)
    text = Path(made.value.path()).read_bytes().decode()
    assert text.startswith("\ufeff")
    for field in (field for line in csv.reader(io.StringIO(text[1:])) for field in line):
        assert not field.startswith(("=", "+", "-", "@", "\t", "\r"))
    return list(csv.DictReader(io.StringIO(text[1:])))


def right(name: str, site: tuple[str, str], *keys: str, begun: int = 0) -> bytes:
    codes = {one.key: one.right for one in exercises() if one.key in keys}
    return sealed(submission(site, name, codes, dict.fromkeys(codes, True), begun))


def test_nothing_is_loaded_before_files_are_dropped(browser: Browser, address: str) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    expect(page.get_by_role("button", name="Choose files")).to_be_visible()
    page.wait_for_timeout(1000)
    assert not [url for url in asked if "exercises.json" in url or "/runtime/" in url]
    assert not [url for url in asked if "grader" in url]
    page.close()


def test_the_page_is_in_no_navigation_and_elsewhere_its_script_is_not_loaded(built: Path) -> None:
    pages = {path: path.read_text("utf-8") for path in built.rglob("index.html")}
    own = {path for path, page in pages.items() if "client/grading." in page}
    assert own == {built / "grade" / "index.html"}
    linking = [
        p for p, page in pages.items() if re.search(r'class="md-nav__link"[^>]*grade/', page)
    ]
    assert linking == []
    assert "/grade/" not in (built / "sitemap.xml").read_text("utf-8")


def test_a_class_of_120_is_marked_and_nobody_does_harm(
    grading: Page, site: tuple[str, str], tmp_path: Path
) -> None:
    made = of_class(site, own=0.01)
    assert len(made.files) == 120
    grading.get_by_label("Seconds for each cell").fill("20")  # a slow machine
    drop(grading, made.files)
    expect(grading.get_by_role("progressbar")).to_be_visible()
    expect(said(grading)).to_have_text("120 files are done.", timeout=PATIENCE_MS)
    expect(grading.locator(".grading-table tbody tr")).to_have_count(120)
    assert_table(grading, made, len(exercises()))
    assert_csv(download(grading), made, exercises())
    # HTML in a name or a course is text.
    shown = row(grading, "hostile-<b>name.json")
    assert "<img src=x onerror" in shown.locator("th").inner_text()
    assert shown.locator("img, script, b").count() == 0


def assert_table(page: Page, made: Class, count: int) -> None:
    for file, expected in made.table.items():
        line = cells(row(page, file))
        if expected.right is None:
            assert line["Right"] == "", file
        else:
            found = line["Right"], line["Claimed"], line["Doubtful"]
            assert found == (
                f"{expected.right} of {expected.asked or count}",
                str(expected.claimed),
                str(expected.doubtful),
            ), (file, line)
        if expected.flags:
            assert all(flag in line["Look at"] for flag in expected.flags), (file, line["Look at"])
        else:
            assert line["Look at"] == "", file
        assert set(re.findall(r"\(([\w-]+\.json)\)", line["Alike"])) == set(expected.alike), file


def assert_csv(lines: list[dict[str, str]], made: Class, asked: Sequence[Exercise]) -> None:
    by_file = {line["file"]: line for line in lines}
    assert set(by_file) == set(made.files)
    for file, expected in made.table.items():
        line = by_file[file]
        assert line["right"] == ("" if expected.right is None else str(expected.right))
        passed = [key for key in (one.key for one in asked) if line[key].startswith("pass")]
        assert len(passed) == (expected.right or 0)
    assert by_file["hostile-<b>name.json"]["name"].startswith("'=HYPERLINK")
    assert by_file["hostile-loop.json"][asked[0].key] == "timeout, claimed"


def test_secret_checks_judge_too_and_are_named(grading: Page, site: tuple[str, str]) -> None:
    secret = f"# Group B\n# check: {STEP}\nassert w > 5, 'Too small for group B.'\n"
    drop(grading, {"a.json": right("Ada", site, STEP), "secret.py": secret.encode()})
    expect(said(grading)).to_have_text("1 file is done.", timeout=PATIENCE_MS)
    in_use = grading.locator(".grading-in-use")
    expect(in_use).to_have_text(f"Secret checks of secret.py, for {STEP}.")
    line = row(grading, "a.json")
    assert cells(line)["Right"].startswith("0 of ")
    assert cells(line)["Look at"] == ""
    line.locator("summary").click()
    expect(line.locator("[data-outcome=fail]")).to_contain_text("not right (secret 1), claimed")
    expect(line.locator("[data-outcome=fail]")).to_contain_text("Too small for group B.")
    # Other checks: what was judged is judged anew.
    drop(grading, {"secret.py": secret.replace("w > 5", "w < 5").encode()})
    right_now = row(grading, "a.json").get_by_text(re.compile("^1 of "))
    expect(right_now).to_be_visible(timeout=PATIENCE_MS)
    expect(said(grading)).to_have_text("1 file is done.", timeout=PATIENCE_MS)
    drop(grading, {"other.py": b"# check: index#no-such\nassert x"})
    expect(said(grading)).to_have_text("other.py: Line 1: this site has no exercise index#no-such.")
    # Python that a learner handed in takes no one's place.
    learners = f"# check: {STEP}\nassert False\n".encode()
    drop(grading, {"one.py": learners, "two.py": learners, "b.json": right("Bo", site, STEP)})
    expect(said(grading)).to_contain_text("Several Python files: one.py, two.py. None was taken.")
    expect(in_use).to_have_text(f"Secret checks of secret.py, for {STEP}.")
    grading.get_by_role("button", name="Go on").click()
    expect(said(grading)).to_have_text("2 files are done.", timeout=PATIENCE_MS)
    # A run that goes on meanwhile does not take such words away.
    slow = {STEP: "import time\ntime.sleep(2)\nw = 4"}
    drop(grading, {"c.json": sealed(submission(site, "Cy", slow, {}, 0))})
    expect(grading.get_by_role("button", name="Stop")).to_be_visible()
    drop(grading, {"other.py": b"# check: index#no-such\nassert x"})
    expect(said(grading)).to_have_text(
        "3 files are done. other.py: Line 1: this site has no exercise index#no-such.",
        timeout=PATIENCE_MS,
    )


def test_files_that_are_none_are_named(grading: Page, site: tuple[str, str]) -> None:
    files = {
        "huge.json": b" " * 3_000_000,
        "list.json": b"[]",
        "all.zip": b"PK",
        "other.json": b'{"schema": "lesson-progress"}',
        "old.json": right("Old", (site[0], "0" * 12)),
    }
    drop(grading, files)
    expect(said(grading)).to_have_text("5 files are done.", timeout=PATIENCE_MS)
    look = {name: cells(row(grading, name))["Look at"] for name in files}
    assert look == {
        "huge.json": "This file has 3.0 MB; a hand-in has at most 2.",
        "list.json": "This is no hand-in: the file holds no object.",
        "all.zip": "This is a zip: unpack it, and drop the folder that comes out.",
        "other.json": 'This is no hand-in: its schema is "lesson-progress", '
        'not "lesson-hand-in/1".',
        "old.json": "Of another version of the site: 000000000000.",
    }


def test_stop_ends_it_at_once_and_go_on_takes_it_up(grading: Page, site: tuple[str, str]) -> None:
    loop = submission(site, "Loop", {STEP: "while True: pass"}, {}, 1)
    drop(grading, {"a.json": right("Ada", site, STEP), "b.json": sealed(loop)})
    expect(grading.get_by_role("progressbar")).to_have_text("1 of 2 files", timeout=PATIENCE_MS)
    grading.get_by_role("button", name="Stop").click()
    expect(said(grading)).to_have_text("Stopped: 1 of 2 files are done.")
    assert cells(row(grading, "b.json"))["Right"] == "waiting"
    grading.get_by_label("Seconds for each cell").fill("1")
    grading.get_by_role("button", name="Go on").click()
    expect(said(grading)).to_have_text("2 files are done.", timeout=PATIENCE_MS)
    assert cells(row(grading, "b.json"))["Look at"] == f"{STEP} does not end."
    grading.locator(".grading-results").get_by_role("button", name="Clear").click()
    expect(grading.locator(".grading-results")).to_be_hidden()


def test_files_are_dropped_by_mouse_and_chosen_by_keys(
    grading: Page, site: tuple[str, str]
) -> None:
    text = right("Ada", site).decode()
    grading.locator(".grading-zone").wait_for()
    grading.evaluate(
        """text => {
          const data = new DataTransfer();
          data.items.add(new File([text], "a.json", { type: "application/json" }));
          const zone = document.querySelector(".grading-zone");
          zone.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true }));
        }""",
        text,
    )
    expect(said(grading)).to_have_text("1 file is done.", timeout=PATIENCE_MS)
    with grading.expect_file_chooser() as chooser:
        grading.get_by_role("button", name="Choose files").press("Enter")
    chooser.value.set_files(payload({"b.json": text.encode()}))
    expect(said(grading)).to_have_text("2 files are done.", timeout=PATIENCE_MS)
    grading.keyboard.press("Tab")
    grading.keyboard.press("Tab")
    focused = grading.evaluate("document.activeElement.getAttribute('aria-label')")
    assert focused == "Results"


def test_two_files_of_one_name_stay_two(grading: Page, site: tuple[str, str]) -> None:
    files = {name: right(name, site) for name in ("Ada", "Bob")}
    for content in (files["Ada"], files["Bob"], files["Ada"]):
        drop(grading, {"hand-in.json": content})
        expect(grading.get_by_role("progressbar")).to_be_hidden(timeout=PATIENCE_MS)
    expect(said(grading)).to_have_text("2 files are done.", timeout=PATIENCE_MS)
    names = grading.locator(".grading-table tbody th").all_inner_texts()
    assert [name.split()[0] for name in names] == ["Ada", "Bob"]
    assert "hand-in.json (2)" in names[1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_it_fits_in_both_themes(
    grading: Page, site: tuple[str, str], width: int, scheme: Any
) -> None:
    grading.emulate_media(color_scheme=scheme)
    grading.set_viewport_size({"width": width, "height": 800})
    long = {"long-name-of-a-file-that-somebody-chose-" * 3 + ".json": b"[]"}
    drop(grading, {**long, "a.json": right("Ada", site)})
    expect(said(grading)).to_have_text("2 files are done.", timeout=PATIENCE_MS)
    assert grading.evaluate("document.documentElement.scrollWidth <= innerWidth")
    left, edge = grading.evaluate(
        """() => [".grading-table summary", ".grading-table"].map(
          (name) => document.querySelector(name).getBoundingClientRect().left)"""
    )
    assert left >= edge, "the name is cut off"
    ink, paper = grading.evaluate(
        """() => [".grading-table td", "body"].map((name) => {
          const style = getComputedStyle(document.querySelector(name));
          return name === "body" ? style.backgroundColor : style.color;
        })"""
    )
    assert ink != paper


def test_the_guides_python_computes_the_checksum(site: tuple[str, str], tmp_path: Path) -> None:
    guide = Path("docs/instructors/grading.md").read_text("utf-8")
    (code,) = re.findall(r"In Python the checksum is\n\n```python\n(.*?)```", guide, re.DOTALL)
    file = tmp_path / "hand-in.json"
    printed = io.StringIO()
    for content, fits in ((right("Ada", site), "True"), (right("Bea", site)[:-9], None)):
        if fits is None:
            content = content.replace(b'"Bea"', b'"Eva"') + b'abcdefg"}'
        file.write_bytes(content)
        scope = {"print": lambda value: printed.write(f"{value} ")}
        exec(code.replace('"hand-in.json"', repr(str(file))), scope)
    assert printed.getvalue() == "True False "
    assert json.loads(right("Ada", site))["schema"] == hand_ins.SCHEMA
