"""What cells print at build: run in order in one namespace, kept until something changes."""

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from site_hooks import kept
from site_hooks.content import outputs, pictures
from site_hooks.content.cells import Cell
from site_hooks.errors import BuildError


def cell(cell_id: str, source: str, **settings: str) -> Cell:
    return Cell(cell_id, "run", source, "page", "page.md", 3, settings)


def printed(events: list[outputs.Event]) -> str:
    return "".join(event["text"] for event in events if event["kind"] == "stdout")


def test_cells_of_a_page_share_a_namespace_unless_they_say_otherwise(tmp_path: Path) -> None:
    events = outputs.run(
        [
            cell("one", "x = 1"),
            cell("two", "print(x)"),
            cell("other", "print('x' in globals())", session="b"),
        ],
        tmp_path,
    )
    assert printed(events["two"]) == "1\n"
    assert printed(events["other"]) == "False\n"


def test_a_result_is_kept_until_the_cells_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = outputs.run([cell("one", "print(1)")], tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(outputs, "_run_in_python", None)
        assert outputs.run([cell("one", "print(1)")], tmp_path) == first
    assert printed(outputs.run([cell("one", "print(2)")], tmp_path)["one"]) == "2\n"


def test_a_result_is_dropped_when_a_module_that_it_used_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs.run([cell("one", "import pylib.gradcheck")], tmp_path)
    (file,) = tmp_path.iterdir()
    answer = kept.load(file) or b""
    assert b'"pylib/gradcheck.py": "' in answer
    kept.store(file, answer.replace(b'"pylib/gradcheck.py": "', b'"pylib/gradcheck.py": "0'))
    monkeypatch.setattr(outputs, "_run_in_python", lambda *_: pytest.fail("ran", pytrace=False))
    with pytest.raises(pytest.fail.Exception):
        outputs.run([cell("one", "import pylib.gradcheck")], tmp_path)


def test_a_cell_that_fails_unasked_fails_the_build(tmp_path: Path) -> None:
    with pytest.raises(
        BuildError, match=r'page.md:3: the cell "one" fails at build:(.|\n)*1 ?/ ?0'
    ):
        outputs.run([cell("one", "1 / 0")], tmp_path)


def test_a_cell_that_says_raises_must_raise_just_that(tmp_path: Path) -> None:
    outputs.run([cell("one", "1 / 0", raises="ZeroDivisionError")], tmp_path)
    with pytest.raises(BuildError, match='says raises="ValueError" but it ended well'):
        outputs.run([cell("one", "1", raises="ValueError")], tmp_path)
    with pytest.raises(BuildError, match="fails at build"):
        outputs.run([cell("one", "1 / 0", raises="ValueError")], tmp_path)


def test_a_picture_is_the_page_s_in_fewer_bytes(tmp_path: Path) -> None:
    source = """
from base64 import b64encode
from matplotlib.figure import Figure
from pylib.kernel.mpl_backend import draw
figure = Figure()
figure.text(0.1, 0.5, "Loss")
print(b64encode(draw(figure, "light").png).decode())
figure
"""
    events = outputs.run([cell("one", source)], tmp_path)["one"]
    light = next(event["png"] for event in events if event["kind"] == "figure")
    fresh, kept = (base64.b64decode(png) for png in (printed(events), light))
    assert len(kept) < len(fresh)
    was, now = (
        np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), int) for png in (fresh, kept)
    )
    assert np.abs(was - now).mean() < pictures.MEAN_ERROR


def test_a_live_figure_draws_a_figure(tmp_path: Path) -> None:
    bare = Cell("one", "live", "x = 1", "page", "page.md", 3)
    with pytest.raises(BuildError, match='page.md:3: the live figure "one" draws no figure'):
        outputs.run([bare], tmp_path)
    source = "import matplotlib.pyplot as plt\nplt.plot([1, 2])"
    events = outputs.run([Cell("one", "live", source, "page", "page.md", 3)], tmp_path)["one"]
    assert [event["kind"] for event in events if event["kind"] != "narrow"][-3:] == [
        "figure", "figure", "done"
    ]  # fmt: skip


def encoded(picture: Image.Image) -> str:
    packed = io.BytesIO()
    picture.save(packed, "png")
    return base64.b64encode(packed.getvalue()).decode()


def decoded(png: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(png)))


def test_a_picture_gets_a_palette_only_where_nobody_sees_it() -> None:
    few = Image.new("RGB", (200, 100), "white")
    for x in range(150):
        few.putpixel((x, x // 2), (x, 90, 200 - x))
    packed = pictures.smaller(encoded(few))
    assert decoded(packed).mode == "P"
    assert len(packed) < len(encoded(few))
    error = np.abs(np.asarray(decoded(packed).convert("RGB"), int) - np.asarray(few, int))
    assert error.mean() < 0.1 and error.max() < 64
    noise = np.random.default_rng(0).integers(0, 256, (100, 100, 3), np.uint8)
    many = Image.fromarray(noise)
    assert decoded(pictures.smaller(encoded(many))).mode == "RGB"
    assert np.array_equal(np.asarray(decoded(pictures.smaller(encoded(many)))), noise)
