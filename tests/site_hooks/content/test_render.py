"""A cell's HTML: the attributes that the client and instructors' scripts rely on, text escaped."""

from base64 import b64encode
from dataclasses import replace
from typing import Any

from bs4 import BeautifulSoup

from site_hooks.content import render
from site_hooks.content.cells import Cell, version

PNG = b64encode(b"not really an image").decode()


def cell(source: str = "w = 1 < 2", kind: Any = "run", **settings: str) -> Cell:
    return Cell("one", kind, source, "losses/mse", "docs/losses/mse.md", 3, settings)


def figure(theme: str) -> dict[str, Any]:
    return {"kind": "figure", "figure": 1, "theme": theme, "png": PNG, "width": 640, "height": 480,
            "alt": 'a "b" <c>'}  # fmt: skip


def parse(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def test_the_page_holds_the_cell_as_the_contract_says() -> None:
    own = cell(title='On "w"', raises="ValueError")
    page = parse(render.cell(own, [], "../../", ["set-up", "data"]))
    (element,) = page.select("div.cell > py-cell")
    expected = {"id": "one", "page": "losses/mse", "session": "main", "timeout": "30",
                "defines": "w", "needs": "set-up data", "depth": "python",
                "title": 'On "w"', "raises": "ValueError"}  # fmt: skip
    assert element.attrs == expected
    (code,) = element.select("pre > code")
    assert code.text == "w = 1 < 2"


def test_a_setting_overrides_its_default() -> None:
    (element,) = parse(render.cell(cell(timeout="5", session="b"), [], "")).select("py-cell")
    assert (element["timeout"], element["session"]) == ("5", "b")


def test_blank_lines_and_indentation_survive() -> None:
    source = "def f():\n\n    return '<b>'\n\n\nf()"
    assert parse(render.cell(cell(source), [], "")).select("code")[0].text == source


def test_output_is_text_and_figures_are_files() -> None:
    events = [
        {"kind": "stdout", "text": "<b>"},
        {"kind": "stderr", "text": " & more\n"},
        figure("light"),
        {"kind": "result", "text": "7"},
        {"kind": "error", "type": "ValueError", "message": "a < b"},
        figure("dark"),
        {"kind": "done", "ok": False, "ms": 1.0},
    ]
    output = parse(render.cell(cell(), events, "../../")).select(".built-output")[0]
    assert [pre.text for pre in output.select("pre")] == ["<b> & more\n", "7\n"]
    assert output.select("b") == []
    assert output.select("[data-kind=error]")[0].text == "ValueError: a < b"
    (image,) = output.select("figure > img")
    assert image["alt"] == 'a "b" <c>'
    assert image["src"] == f"../../{render.figure_name(PNG)}"
    assert render.figures(cell(), events) == {render.figure_name(PNG): b"not really an image"}


LR = 'lr = 0.1  #@param {type:"slider", min:0.01, max:1, label:"a < b"}'


def test_a_live_figure_shows_its_picture_in_both_themes_then_its_code_folded() -> None:
    one = cell(f"#@title A walk\n{LR}", "live")
    events = [{"kind": "stdout", "text": "loss 1\n"}, figure("light"), figure("dark")]
    page = parse(render.cell(one, events, ""))
    (element,) = page.select("div.cell > py-cell[live]")
    assert element["title"] == "A walk"
    classes = [child["class"] for child in element.find_all(recursive=False)]
    assert classes == [["cell-form"], ["built-output"], ["picture-code"]]
    assert [image["class"] for image in page.select("figure img")] == [["on-light"], ["on-dark"]]
    assert page.select("details code")[0].text == one.source
    assert len(render.figures(one, events)) == 1  # both drawings of this test are one file


def test_a_narrow_window_has_a_drawing_of_its_own_of_a_live_figure() -> None:
    one = cell(LR, "live")
    narrow = [
        figure(theme) | {"kind": "narrow", "below": end, "width": end, "height": 600,
                         "png": b64encode(f"{theme} {end}".encode()).decode()}
        for theme in ("light", "dark") for end in (600, 400)
    ]  # fmt: skip
    page = parse(render.cell(one, [figure("light"), figure("dark"), *narrow], "../"))
    for theme, picture in zip(("light", "dark"), page.select("figure > picture"), strict=True):
        sources = picture.select("source")
        assert [source["media"] for source in sources] == [
            "(max-width: 455px)", "(max-width: 655px)"
        ]  # fmt: skip
        assert [(source["width"], source["height"]) for source in sources] == [
            ("400", "600"), ("600", "600")
        ]  # fmt: skip
        (image,) = picture.select(f"img.on-{theme}")
        assert (image["width"], image["loading"]) == ("640", "lazy")
    addresses = {f"../{name}" for name in render.figures(one, [figure("light"), *narrow])}
    assert {source["srcset"] for source in page.select("source")} < addresses
    plain = parse(render.cell(cell(), [figure("light"), *narrow[:1]], ""))
    assert not plain.select("picture")


def test_the_room_for_controls_is_there_before_them() -> None:
    page = parse(render.cell(cell(f"{LR}\nn = 1  # @param [1, 2] {{type:'raw'}}"), [], ""))
    assert [label.text for label in page.select("pre ~ .cell-form .cell-label")] == ["a < b", "n"]
    assert not parse(render.cell(cell(), [], "")).select(".cell-form")


def test_a_picture_shows_both_themes_and_its_code() -> None:
    page = parse(
        render.picture(cell(kind="figure", title="Areas"), [figure("light"), figure("dark")], "")
    )
    assert [image["class"] for image in page.select("figure img")] == [["on-light"], ["on-dark"]]
    assert page.select("figcaption")[0].text == "Areas"
    assert page.select("details code")[0].text == "w = 1 < 2"


def test_solutions_are_folded_and_checks_are_not_on_the_page() -> None:
    assert parse(render.aside(cell(kind="solution"))).select("details[data-kind=solution] code")
    assert render.aside(cell(kind="check")) == render.aside(cell(kind="wrong")) == ""


def test_an_exercise_holds_its_hints_its_solution_and_its_check() -> None:
    hint = replace(cell("*x*", "hint"), language="markdown", html="<p>Look <em>up</em>.</p>")
    parts = [hint, cell("y < 1", "hint"), cell("assert w < 2", "check"), cell("w = 2", "solution"),
             cell("w = 9", "wrong")]  # fmt: skip
    page, *rest = render.page([replace(cell(), is_exercise=True), *parts], {}, "")[0]
    assert "".join(rest) == ""
    (element,) = parse(page).select("div.cell > py-cell[exercise]")
    assert element["session"] == "ex-one"
    assert element["check"] == "assert w < 2"
    assert len(element["version"]) == 8
    folded = parse(page).select("div.cell > py-cell ~ details")
    assert [(d["data-kind"], d["data-for"]) for d in folded] == [
        ("hint", "one"), ("hint", "one"), ("solution", "one")
    ]  # fmt: skip
    assert [d.summary.text for d in folded if d.summary] == ["Hint 1", "Hint 2", "Solution"]
    assert [d.select("p > em, pre > code")[0].text for d in folded] == ["up", "y < 1", "w = 2"]
    assert "w = 9" not in page


def test_the_version_of_an_exercise_is_that_of_its_starter_and_check() -> None:
    one = version(cell(), cell("assert w", "check"))
    assert version(cell(title="New"), cell("assert w", "check")) == one
    assert len({one, version(cell("w = 2"), cell("assert w", "check")),
                version(cell(), cell("assert not w", "check"))}) == 3  # fmt: skip


def test_a_figure_that_stands_for_an_instrument_says_where_its_record_lies() -> None:
    shown = {"kind": "instrument", "figure": 1, "instrument": "microscope", "alt": "a walk"}
    events = [shown | {"record": '{"path": []}'}, figure("light"), figure("dark")]
    own = cell('lr = 0.1  #@param {type:"number"}\nat = [1]  #@param {type:"raw"}', kind="live")
    html, files = render.page([own], {"one": events}, "../../")
    page = parse(html[0])
    (drawn,) = page.select(".built-output figure")
    assert drawn["data-instrument"] == "microscope"
    name = str(drawn["data-record"]).removeprefix("../../")
    assert files[name] == b'{"path": []}'
    # The instrument itself has controls for what is raw.
    assert [label.text for label in page.select(".cell-label")] == ["lr"]
    others = parse(render.cell(own, [figure("light")], "")).select(".cell-label")
    assert [label.text for label in others] == ["lr", "at"]
