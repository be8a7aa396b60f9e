"""`new-course`: an empty folder becomes a course; what is there already stays."""

import json
from importlib.metadata import Distribution
from pathlib import Path

import pytest

from site_hooks.dev import new_course

NAME = "loss_functions_and_optimizers-0.1.0-py3-none-any.whl"


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    path = tmp_path / NAME
    path.write_bytes(b"wheel")
    return path


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What pip wrote when the lesson was installed: a file for `direct_url.json`."""
    info = tmp_path / "lesson-0.1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.4\nName: loss-functions-and-optimizers\nVersion: 0.1.0\n"
    )
    monkeypatch.setattr(new_course, "distribution", lambda name: Distribution.at(info))
    monkeypatch.setattr(new_course, "IS_INSTALLED", True)
    return info / "direct_url.json"


def test_the_course_has_the_wheel_and_requires_it(tmp_path: Path, wheel: Path) -> None:
    folder = tmp_path / "course"
    assert new_course.main([str(folder), "--wheel", str(wheel)]) == 0
    assert (folder / "wheels" / NAME).read_bytes() == b"wheel"
    assert (folder / "requirements.txt").read_text("utf-8") == f"./wheels/{NAME}\n"
    files = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert {
        *("mkdocs.yml", "README.md", ".gitignore", "docs/index.md", "docs/first-page.md"),
        ".github/workflows/publish.yml",
    } < files
    assert len((folder / "mkdocs.yml").read_text("utf-8").splitlines()) <= 10


def test_a_wheel_that_was_installed_from_a_file_is_copied(
    tmp_path: Path, wheel: Path, told: Path
) -> None:
    told.write_text(json.dumps({"url": wheel.as_uri(), "archive_info": {}}))
    new_course.write(tmp_path / "course")
    assert (tmp_path / "course/wheels" / NAME).read_bytes() == b"wheel"


def test_one_that_came_from_an_address_is_required_from_there_with_its_hash(
    tmp_path: Path, told: Path
) -> None:
    address = f"https://example.org/{NAME}"
    told.write_text(json.dumps({"url": address, "archive_info": {"hashes": {"sha256": "ab12"}}}))
    new_course.write(tmp_path / "course")
    required = (tmp_path / "course/requirements.txt").read_text("utf-8")
    assert required == f"loss-functions-and-optimizers @ {address}#sha256=ab12\n"
    assert not (tmp_path / "course/wheels").exists()


def test_one_that_came_from_an_index_is_required_at_its_version(tmp_path: Path, told: Path) -> None:
    new_course.write(tmp_path / "course")
    required = (tmp_path / "course/requirements.txt").read_text("utf-8")
    assert required == "loss-functions-and-optimizers==0.1.0\n"


def test_a_folder_with_something_in_it_is_left_alone(
    tmp_path: Path, wheel: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert new_course.main([str(tmp_path), "--wheel", str(wheel)]) == 1
    assert "is not empty" in capsys.readouterr().out
    assert [p.name for p in tmp_path.iterdir()] == [NAME]


def test_a_wheel_that_is_gone_is_named(
    tmp_path: Path, told: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = tmp_path / "gone.whl"
    told.write_text(json.dumps({"url": gone.as_uri(), "archive_info": {}}))
    assert new_course.main([str(tmp_path / "course")]) == 1
    assert f"{gone} is not there any more; say where it is: --wheel" in capsys.readouterr().out
    assert not (tmp_path / "course").exists()
    assert new_course.main([str(tmp_path / "course"), "--wheel", str(gone)]) == 1
    assert f"{gone} is no file" in capsys.readouterr().out
