"""`new-language`: a file with all words, which the build takes as it is; what is there stays."""

import json
from pathlib import Path

import pytest

from site_hooks import words
from site_hooks.__main__ import main


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "mkdocs.yml").write_text("site_name: Course\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_all_words_are_there_in_english(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new-language", "fr"]) == 0
    assert "languages/fr.json" in capsys.readouterr().out
    written = site / "languages" / "fr.json"
    assert json.loads(written.read_text("utf-8")) == words.ENGLISH
    assert words.of("fr", written.parent) == words.ENGLISH


def test_a_language_that_is_there_begins_with_its_words(site: Path) -> None:
    assert main(["new-language", "de"]) == 0
    written = site / "languages" / "de.json"
    assert json.loads(written.read_text("utf-8")) == words.of("de")


def test_what_is_there_stays(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (site / "languages").mkdir()
    (site / "languages" / "fr.json").write_text("{}", "utf-8")
    assert main(["new-language", "fr"]) == 1
    assert "languages/fr.json is there" in capsys.readouterr().out
    assert (site / "languages" / "fr.json").read_text("utf-8") == "{}"


@pytest.mark.parametrize("name", ["French", "../fr", "fr.json", ""])
def test_another_name_is_refused(site: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert main(["new-language", name]) == 1
    assert "is no name of a language" in capsys.readouterr().out
    assert not (site / "languages").exists()


def test_elsewhere_than_in_a_site_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new-language", "fr"]) == 1
    assert "there is no mkdocs.yml here" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())
