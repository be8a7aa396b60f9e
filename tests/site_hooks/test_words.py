"""Each language's words: the same gaps as in English, English where one is missing."""

import re
from pathlib import Path

import pytest

from site_hooks import words

LANGUAGES = sorted(path.stem for path in words.FOLDER.glob("*.json"))
GAP = re.compile(r"\{\w+\}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_no_words_that_english_lacks_and_the_same_gaps(language: str) -> None:
    english = words.of("en")
    own = words.of(language)
    assert {area: set(found) for area, found in own.items()} == {
        area: set(found) for area, found in english.items()
    }
    for area, found in own.items():
        for key, text in found.items():
            assert sorted(set(GAP.findall(text))) == sorted(set(GAP.findall(english[area][key])))


def test_german_has_all_words() -> None:
    assert words._read(words.FOLDER / "de.json").keys() == words.of("en").keys()
    for area, found in words._read(words.FOLDER / "de.json").items():
        assert found.keys() == words.of("en")[area].keys()


def test_a_missing_word_is_english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "en.json").write_text('{"cell": {"a": "one", "b": "two"}}', "utf-8")
    (tmp_path / "de.json").write_text('{"cell": {"a": "eins"}}', "utf-8")
    monkeypatch.setattr(words, "FOLDER", tmp_path)
    assert words.of("de") == words.of("de-AT") == {"cell": {"a": "eins", "b": "two"}}
    assert words.of("fr") == words.of("en")
    assert words.defines("de") == {"WORDS.cell.a": "eins", "WORDS.cell.b": "two"}
