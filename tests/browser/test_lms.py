"""Packages in learning systems: start, progress, score, suspend, resume, finish.

SCORM is scorm-again's, cmi5 is compared with @xapi/cmi5; the package lies in a subfolder of the
system and is shown in a frame, as systems do it.
"""

import html
import posixpath
import re
from collections.abc import Callable, Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, FrameLocator, Page, expect

from site_hooks.paths import NODE_MODULES
from site_hooks.publish import addresses, package
from tests.browser.learning_system import CONTENT, System, is_defined, opened
from tests.browser.test_lesson import DENY

# Nine exercises and questions count, and three of them are enough.
COUNTED, MARK = ["index"], 0.3
START = 60_000  # milliseconds in which Python starts and an exercise is checked
AGAIN = 40_000  # in which a report that was refused is sent again
PROGRESS = "https://w3id.org/xapi/cmi5/result/extensions/progress"
Serve = Callable[[Path], str]


@pytest.fixture(scope="session")
def packages(built: Path) -> Callable[[str], dict[str, bytes]]:
    """The files of a package of the built site."""
    made: dict[str, dict[str, bytes]] = {}

    def make(way: str) -> dict[str, bytes]:
        if way not in made:
            made[way] = package.package(built, way, MARK, COUNTED)[1]
        return made[way]

    return make


@pytest.fixture(params=package.FORMATS)
def system(
    request: pytest.FixtureRequest, packages: Callable[[str], dict[str, bytes]], tmp_path: Path
) -> Iterator[System]:
    """A system of each kind; what it misses or refuses fails the test."""
    with opened(request.param, packages(request.param), tmp_path) as system:
        if system.way == "cmi5":
            system.launch_data["masteryScore"] = MARK
        yield system
    assert not system.problems


@pytest.fixture
def first_page(built: Path) -> BeautifulSoup:
    return BeautifulSoup((built / "index.html").read_text("utf-8"), "html.parser")


def launch(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


def lesson(page: Page) -> FrameLocator:
    return launch(page).frame_locator("iframe")


def expect_line(page: Page, words: str) -> None:
    expect(launch(page).get_by_role("status")).to_have_text(re.compile(words))


def visit(page: Page, system: System) -> None:
    page.goto(system.course)
    expect(lesson(page).locator("h1").first).to_be_visible()


def leave(page: Page, system: System) -> None:
    """To another page of the system; waits until it has heard of the end."""
    before = ends(system)
    page.goto(f"{system.address}/elsewhere")
    for _ in range(100):
        if ends(system) > before:
            return
        page.wait_for_timeout(50)
    raise AssertionError("the visit was not ended")


def ends(system: System) -> int:
    return system.verbs.count("terminated") if system.way == "cmi5" else system.ended


def right(first_page: BeautifulSoup, name: str) -> str:
    """The right answer of a question of the first page."""
    found = first_page.select_one(f"lesson-quiz#{name} li[data-right=true]")
    assert found is not None
    option = found.select_one("[data-kind=option]")
    assert option is not None
    return str(found.get("data-value") or option.get_text())


def answer(page: Page, name: str, value: str, state: str = "right") -> None:
    quiz = lesson(page).locator(f"lesson-quiz#{name}")
    quiz.scroll_into_view_if_needed()
    expect(quiz.get_by_role("button", name="Answer")).to_be_visible(timeout=START)
    if quiz.get_by_role("textbox").count():
        quiz.get_by_role("textbox").fill(value)
    else:
        quiz.locator("label", has_text=value).click()
    quiz.get_by_role("button", name="Answer").click()
    expect(quiz).to_have_attribute("data-state", state)


def solve(page: Page, first_page: BeautifulSoup, name: str) -> None:
    """Writes the solution of an exercise and has it checked."""
    code = first_page.select_one(f"details[data-kind=solution][data-for={name}] code")
    assert code is not None
    cell = lesson(page).locator(f"py-cell#{name}")
    cell.scroll_into_view_if_needed()
    cell.locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(code.get_text().rstrip())
    cell.get_by_role("button", name="Check").click()
    expect(cell).to_have_attribute("data-check", "pass", timeout=START)


def standing(system: System) -> dict[str, Any]:
    """What a system knows of the learner, in the same words for all three."""
    if system.way == "cmi5":
        passed = "passed" in system.verbs
        scores = [
            one["result"]["score"]["raw"] for one in system.statements if "passed" in said(one)
        ]
        told = [one.get("result", {}).get("extensions", {}) for one in system.statements]
        progress = next((one[PROGRESS] for one in reversed(told) if PROGRESS in one), None)
        at = system.documents.get("lesson", {}).get("at", "")
        return {"score": scores[-1] if passed else progress, "passed": passed, "at": at}
    cmi = system.kept.get("cmi", {})
    place = cmi.get("core", {}) if system.way == "scorm12" else cmi
    status = place.get("lesson_status") or place.get("success_status")
    at = place.get("lesson_location") or place.get("location") or ""
    raw = place.get("score", {}).get("raw", "")
    return {"score": int(raw) if raw else None, "passed": status == "passed", "at": at}


def said(statement: dict[str, Any]) -> str:
    return str(statement["verb"]["id"]).rpartition("/")[2]


def wait_for(page: Page, system: System, **wanted: object) -> None:
    """Until the system knows these."""
    for _ in range(100):
        known = standing(system)
        if known | wanted == known:
            return
        page.wait_for_timeout(50)
    assert known | wanted == known


def test_a_visit_from_its_start_to_its_end_and_the_next_one(
    page: Page, browser: Browser, system: System, first_page: BeautifulSoup
) -> None:
    visit(page, system)
    wait_for(page, system, score=0, passed=False)
    expect_line(page, r"^0 of 9 done, passed with 3\. Reported to the course\.$")

    # A wrong answer and a cell that ran are no progress.
    answer(page, "loop-amount", "7", "wrong")
    cell = lesson(page).locator("py-cell#loop-by-hand")
    cell.get_by_role("button", name="Run Code").click()
    expect(cell).to_have_attribute("data-state", "done", timeout=START)
    expect_line(page, "^0 of 9")
    assert standing(system)["score"] == 0

    answer(page, "loop-amount", right(first_page, "loop-amount"))
    wait_for(page, system, score=11)
    expect_line(page, r"^1 of 9 done, passed with 3\. Reported to the course\.$")

    # Another page, and the visit goes on; what is answered there does not count in this package.
    lesson(page).locator("body").evaluate("() => { window.sameDocument = true }")
    lesson(page).get_by_role("navigation", name="Previous and next page").get_by_role(
        "link"
    ).click()
    expect(lesson(page).locator("h1")).to_have_text(re.compile("Mean squared error"))
    assert lesson(page).locator("body").evaluate("() => window.sameDocument")
    wait_for(page, system, at="losses/mse/index.html")

    leave(page, system)
    assert standing(system) == {"score": 11, "passed": False, "at": "losses/mse/index.html"}

    # The next day, at another computer.
    context = browser.new_context()
    page = context.new_page()
    visit(page, system)
    expect(lesson(page).locator("h1")).to_have_text(re.compile("Mean squared error"))
    expect_line(page, r"^1 of 9 done, passed with 3\. Reported to the course\.$")
    lesson(page).get_by_role("link", name=re.compile("Previous")).click()
    quiz = lesson(page).locator("lesson-quiz#loop-amount")
    quiz.scroll_into_view_if_needed()
    expect(quiz).to_contain_text(re.compile(r"Answered on \d+ \w+ \d{4}\."))

    answer(page, "loop-stage", right(first_page, "loop-stage"))
    wait_for(page, system, score=22, passed=False)
    solve(page, first_page, "loop-step")
    wait_for(page, system, score=33, passed=True)
    expect_line(page, r"^3 of 9 done, passed\. Reported to the course\.$")
    leave(page, system)
    context.close()
    assert standing(system)["passed"]
    assert ends(system) == 2


def test_scorm_is_told_that_a_visit_is_suspended_and_how_long_it_took(
    page: Page, system: System
) -> None:
    if system.way == "cmi5":
        pytest.skip("cmi5 has neither")
    visit(page, system)
    wait_for(page, system, score=0)
    page.wait_for_timeout(1100)
    leave(page, system)
    cmi = system.kept["cmi"]
    place = cmi["core"] if system.way == "scorm12" else cmi
    assert place["exit"] == "suspend"
    assert re.search(r"0*1(\.\d+)?S?$|[1-9]\d*(\.\d+)?S?$", place["session_time"])
    status = place.get("lesson_status") or place["completion_status"]
    assert status == "incomplete"


def test_a_page_that_is_loaded_anew_still_reports(
    page: Page, system: System, first_page: BeautifulSoup
) -> None:
    visit(page, system)
    wait_for(page, system, score=0)
    inner = next(frame for frame in page.frames if frame.url.endswith("/index.html"))
    inner.goto(inner.url)  # a reload would scroll back, at some time after its begin
    answer(page, "loop-stage", right(first_page, "loop-stage"))
    wait_for(page, system, score=11)
    assert ends(system) == 0


def test_a_visit_that_only_looks_is_not_judged(
    page: Page, system: System, first_page: BeautifulSoup
) -> None:
    match system.way:
        case "scorm12":
            system.told = {"lesson_mode": "review"}
        case "scorm2004":
            system.told = {"mode": "review"}
        case _:
            system.launch_data["launchMode"] = "Review"
    visit(page, system)
    answer(page, "loop-stage", right(first_page, "loop-stage"))
    expect_line(page, "nothing that you do here is reported")
    leave(page, system)
    if system.way == "cmi5":
        assert system.verbs == ["initialized", "terminated"]
    else:
        assert standing(system)["score"] is None


def test_a_system_that_sets_no_mode_means_a_usual_visit(
    page: Page, system: System, first_page: BeautifulSoup
) -> None:
    if system.way == "cmi5":
        pytest.skip("cmi5 demands one")
    api, get, mode = {
        "scorm12": ("API", "LMSGetValue", "cmi.core.lesson_mode"),
        "scorm2004": ("API_1484_11", "GetValue", "cmi.mode"),
    }[system.way]
    system.script = f"""
        const get = {api}.{get}.bind({api});
        {api}.{get} = (name) => (name === "{mode}" ? "" : get(name));"""
    visit(page, system)
    answer(page, "loop-stage", right(first_page, "loop-stage"))
    wait_for(page, system, score=11)


def test_a_system_that_answers_with_errors_is_told_in_the_page_and_asked_again(
    page: Page, system: System, first_page: BeautifulSoup
) -> None:
    visit(page, system)
    wait_for(page, system, score=0)
    system.broken = True
    answer(page, "loop-stage", right(first_page, "loop-stage"))
    expect_line(page, r"^1 of 9 done, .* did not take the last report: it is sent again\.")
    expect(launch(page).locator(".report")).to_have_attribute("data-state", "failed")
    assert standing(system)["score"] == 0
    system.broken = False
    expect(launch(page).get_by_role("status")).to_have_text(
        "1 of 9 done, passed with 3. Reported to the course.", timeout=AGAIN
    )
    assert standing(system)["score"] == 11


def test_a_system_that_takes_no_visit_is_told_in_the_page(
    page: Page, system: System, first_page: BeautifulSoup
) -> None:
    system.broken = True
    begin = {"scorm12": "API.LMSInitialize", "scorm2004": "API_1484_11.Initialize"}
    if system.way in begin:
        system.script = f'{begin[system.way]} = () => "false";'
    visit(page, system)
    expect_line(page, "so nothing is reported.* the course again")
    answer(page, "loop-stage", right(first_page, "loop-stage"))
    assert standing(system)["score"] is None


def test_blocked_storage_costs_no_report(
    page: Page, system: System, first_page: BeautifulSoup
) -> None:
    if system.way != "scorm2004":
        pytest.skip("storage is the same in all packages")
    page.add_init_script(f'if (location.pathname.includes("{CONTENT}")) {{ {DENY} }}')
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    visit(page, system)
    answer(page, "loop-stage", right(first_page, "loop-stage"))
    wait_for(page, system, score=11)
    lesson(page).get_by_role("navigation", name="Previous and next page").get_by_role(
        "link"
    ).click()
    wait_for(page, system, at="losses/mse/index.html")
    leave(page, system)
    visit(page, system)
    expect_line(page, r"^1 of 9 done, passed with 3\. Reported to the course\.$")
    lesson(page).get_by_role("link", name=re.compile("Previous")).click()
    solve(page, first_page, "loop-step")
    wait_for(page, system, score=22)
    assert not errors


def test_what_is_kept_stays_within_what_a_system_keeps(
    page: Page, system: System, first_page: BeautifulSoup
) -> None:
    if system.way == "cmi5":
        pytest.skip("cmi5 has no limit")
    # Of exercises that another package had: as many as there is room for.
    system.kept = {"cmi": {"suspend_data": "1" + "".join(f"{n:04}AAA" for n in range(571))}}
    system.commits = 1
    visit(page, system)
    answer(page, "loop-stage", right(first_page, "loop-stage"))
    wait_for(page, system, score=11)
    kept = system.kept["cmi"]["suspend_data"]
    assert len(kept) <= 4000
    # The package's own comes first.
    assert kept[8:12] == "0000"
    assert not kept.startswith("10000")


@cache
def named_in(page: str) -> set[str]:
    """The addresses in a page; packages share their pages."""
    found: set[str] = set()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.update(value for name, value in attrs if name in ("src", "href") and value)

    Reader().feed(page)
    return found


def test_a_package_holds_what_its_manifest_and_its_pages_name(
    packages: Callable[[str], dict[str, bytes]],
) -> None:
    for way in package.FORMATS:
        files = packages(way)
        if way != "cmi5":
            listed = re.findall(r'<file href="([^"]+)"/>', files["imsmanifest.xml"].decode())
            assert len(listed) == len(set(listed))
            assert {html.unescape(name) for name in listed} == set(files) - {"imsmanifest.xml"}
        assert not [name for name in files if name.endswith((".gz", ".br", ".map"))]
        for name in filter(addresses.is_page, files):
            for named in named_in(files[name].decode()):
                address = urlsplit(named)
                if address.scheme or address.netloc or not address.path:
                    continue
                place = posixpath.normpath(
                    posixpath.join(posixpath.dirname(name), unquote(address.path))
                )
                assert place in files, f"{way}: {name} names {place}"


def test_nothing_of_it_is_loaded_on_the_site(page: Page, built: Path, serve: Serve) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{serve(built)}/")
    page.locator("lesson-quiz").first.scroll_into_view_if_needed()
    expect(page.locator("lesson-quiz").first.get_by_role("button", name="Answer")).to_be_visible(
        timeout=START
    )
    assert not [address for address in asked if "lms-" in address]
    for path in built.rglob("*.html"):
        assert "lms-page" not in path.read_text("utf-8")


def test_opened_without_a_course_the_lesson_works_and_says_so(
    page: Page, system: System, first_page: BeautifulSoup
) -> None:
    page.goto(f"{system.address}/{CONTENT}/launch.html")
    expect(page.get_by_role("status")).to_contain_text("was not opened from a course")
    quiz = page.frame_locator("iframe").locator("lesson-quiz#loop-stage")
    quiz.scroll_into_view_if_needed()
    quiz.locator("label", has_text=right(first_page, "loop-stage")).click()
    quiz.get_by_role("button", name="Answer").click()
    expect(quiz).to_have_attribute("data-state", "right")
    page.goto(f"{system.address}/elsewhere")
    assert not system.commits
    assert not system.statements


def test_a_page_opened_by_itself_says_once_that_it_does_not_report(
    page: Page, system: System
) -> None:
    page.goto(f"{system.address}/{CONTENT}/index.html")
    note = page.get_by_text("was not opened from the course")
    expect(note).to_have_count(1)
    page.get_by_role("navigation", name="Previous and next page").get_by_role("link").click()
    expect(page.locator("h1")).to_have_text(re.compile("Mean squared error"))
    expect(note).to_have_count(1)


def test_search_and_progress_lead_to_files(page: Page, system: System) -> None:
    if system.way != "scorm12":
        pytest.skip("pages are the same in all packages")
    page.goto(f"{system.address}/{CONTENT}/index.html")
    page.get_by_role("textbox", name="Search").click()
    page.keyboard.type("huber delta")
    found = page.locator(".md-search-result__item a").first
    expect(found).to_have_attribute("href", re.compile(r"/index\.html"))
    found.click()
    expect(page).to_have_url(re.compile(r"/index\.html\?h="))
    page.goto(f"{system.address}/{CONTENT}/progress/index.html")
    row = page.locator("details.progress-page").first
    row.locator("summary").click()
    row.get_by_role("link").first.click()
    expect(page).to_have_url(re.compile(rf"{CONTENT}/index\.html#"))
    # Nothing is kept for use without a network: what is done there is not reported.
    expect(page.locator("offline-use button:visible")).to_have_count(0)


def test_a_question_that_was_answered_elsewhere_is_a_mark_in_the_navigation(
    page: Page, system: System, first_page: BeautifulSoup
) -> None:
    if system.way != "scorm2004":
        pytest.skip("marks are the same in all packages")
    visit(page, system)
    answer(page, "loop-stage", right(first_page, "loop-stage"))
    wait_for(page, system, score=11)
    expect(lesson(page).locator(".md-nav--primary .page-mark").first).to_have_attribute(
        "title", "1 of 9 done"
    )


def test_a_reload_of_the_whole_lesson_says_that_the_visit_is_over_or_goes_on(
    page: Page, system: System
) -> None:
    visit(page, system)
    wait_for(page, system, score=0)
    outer = next(frame for frame in page.frames if "launch.html" in frame.url)
    with page.expect_event("framenavigated"):
        outer.evaluate("() => location.reload()")
    # scorm-again takes no second beginning, nor does a token of cmi5.
    expect_line(page, "open it from the course again")
    expect(lesson(page).locator("h1").first).to_be_visible()


def test_the_launch_page_is_accessible(page: Page, system: System) -> None:
    if system.way != "scorm12":
        pytest.skip("the page is the same in all packages")
    visit(page, system)
    outer = next(frame for frame in page.frames if "launch.html" in frame.url)
    outer.evaluate((NODE_MODULES / "axe-core/axe.min.js").read_text("utf-8"))
    violations = outer.evaluate(
        """async () => (await axe.run(document, { iframes: false,
            rules: { region: { enabled: false }, "landmark-one-main": { enabled: false },
                     "page-has-heading-one": { enabled: false } } })).violations
            .map((v) => [v.id, v.nodes.map((n) => n.html.slice(0, 160))])"""
    )
    assert violations == []


REFERENCE = """async ([query, share]) => {
  const parameters = Object.fromEntries(new URLSearchParams(query));
  const visit = new Cmi5({ ...parameters, actor: JSON.parse(parameters.actor) });
  await visit.initialize();
  await visit.progress(11);
  await visit.complete();
  await visit.pass({ scaled: share, raw: 33, min: 0, max: 100 });
  await visit.terminate();
}"""


def form(value: Any) -> Any:
    """What a statement is made of, without what differs from visit to visit."""
    if isinstance(value, dict):
        return {name: form(one) for name, one in sorted(value.items())}
    if isinstance(value, list):
        return [form(one) for one in value]
    return type(value).__name__


def test_cmi5_says_what_the_reference_library_says(
    page: Page,
    packages: Callable[[str], dict[str, bytes]],
    tmp_path: Path,
    first_page: BeautifulSoup,
) -> None:
    """The same visit by @xapi/cmi5 1.4.0: equal verbs, results, categories and extensions."""
    with opened("cmi5", packages("cmi5"), tmp_path) as system:
        system.launch_data["masteryScore"] = MARK
        page.goto(f"{system.address}/reference")
        page.evaluate(REFERENCE, [system.begin(), 0.3333])
        assert not system.problems
        theirs = {said(one): one for one in system.statements}
        system.statements.clear()
        system.documents.clear()
        visit(page, system)
        for number, name in enumerate(("loop-amount", "loop-stage", "loop-compare"), 1):
            answer(page, name, right(first_page, name))
            wait_for(page, system, score=100 * number // 9)
        leave(page, system)
        assert not system.problems
    ours = {said(one): one for one in system.statements}
    assert set(ours) == set(theirs)
    for verb, mine in ours.items():
        other = theirs[verb]
        assert mine["verb"]["id"] == other["verb"]["id"]
        assert is_defined(mine) == is_defined(other)
        for one in (mine, other):
            categories = one["context"]["contextActivities"].get("category", [])
            one["context"]["contextActivities"]["category"] = sorted(c["id"] for c in categories)
        categories = [one["context"]["contextActivities"]["category"] for one in (mine, other)]
        assert categories[0] == categories[1]
        assert set(mine["context"]["extensions"]) == set(other["context"]["extensions"])
        assert form(mine.get("result")) == form(other.get("result"))
        assert set(mine["object"]) >= {"id"} and mine["object"]["id"] == other["object"]["id"]
