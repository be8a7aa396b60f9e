"""Each language's words: known keys only, the gaps of English, English where one is missing."""

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from site_hooks import words
from site_hooks.errors import BuildError
from site_hooks.paths import CLIENT, HOOKS

LANGUAGES = sorted(path.stem for path in words.FOLDER.glob("*.json"))
FILLED = re.compile(r"(?:fill|weave(?:<[^>]*>)?|counted)\(\s*WORDS\.(\w+)\.(\w+)")


def raw(language: str) -> words.Words:
    found: words.Words = json.loads((words.FOLDER / f"{language}.json").read_bytes())
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_no_words_that_english_lacks_and_the_same_gaps(language: str) -> None:
    assert words.of(language).keys() == words.ENGLISH.keys()


def test_german_has_all_words_in_the_order_of_english() -> None:
    english, german = raw("en"), raw("de")
    assert set(german) == set(english)
    for area, found in german.items():
        assert set(found) == set(english[area]), area


def test_german_is_german() -> None:
    """Only words that both languages share are the same in both, besides signs and units."""
    same = {
        text
        for area, found in raw("de").items()
        for key, text in found.items()
        if text == words.ENGLISH[area][key]
        and re.search(r"[A-Za-z]{3}", re.sub(r"\{\w+\}", "", text))
    }
    assert same <= {"Name", "Pause"}


def test_every_word_is_used() -> None:
    sources = [*CLIENT.rglob("*.ts"), *HOOKS.rglob("*.html"), *HOOKS.rglob("*.py")]
    text = "\n".join(path.read_text("utf-8") for path in sources)
    named = set(re.findall(r"\w+", text))
    unused = [
        f"{area}.{key}"
        for area, found in words.ENGLISH.items()
        for key in found
        if key not in named and not re.fullmatch(r"place\d", key)
    ]
    assert not unused


def test_words_with_gaps_are_filled_where_scripts_use_them() -> None:
    for path in CLIENT.rglob("*.ts"):
        text = path.read_text("utf-8")
        for area, key in FILLED.findall(text):
            assert "{" in words.ENGLISH[area][key], f"{path.name}: {area}.{key} has no gaps"
        for match in re.finditer(r"fill\(\s*WORDS\.(\w+)\.(\w+), \{([^{}]*)\}\)", text):
            area, key, given = match.groups()
            if "..." in given:
                continue
            wanted = set(re.findall(r"\{(\w+)\}", words.ENGLISH[area][key]))
            names = {part.partition(":")[0].strip() for part in _parts(given)}
            assert names == wanted, f"{path.name}: {area}.{key}"


def test_scripts_take_words_one_by_one() -> None:
    """The bundler puts marks in the place of WORDS.area.key, and knows no WORDS."""
    for path in CLIENT.rglob("*.ts"):
        code = re.sub(r"^\s*(?://|/?\*).*$", "", path.read_text("utf-8"), flags=re.MULTILINE)
        left = re.findall(r"\bWORDS(?!\.\w+\.\w+).*", code.replace("const WORDS: typeof en", ""))
        assert not left, path.name


def _parts(given: str) -> list[str]:
    """The entries of an object literal: commas in brackets part none."""
    flat = given
    while (less := re.sub(r"\([^()]*\)|\[[^\[\]]*\]|\"[^\"]*\"", "", flat)) != flat:
        flat = less
    return [part for part in flat.split(",") if part.strip()]


def test_a_missing_word_is_english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "en.json").write_text('{"cell": {"a": "one", "b": "two"}}', "utf-8")
    (tmp_path / "de.json").write_text('{"cell": {"a": "eins"}}', "utf-8")
    monkeypatch.setattr(words, "FOLDER", tmp_path)
    assert words.of("de") == words.of("de-AT") == {"cell": {"a": "eins", "b": "two"}}
    assert words.of("fr") == words.of("en")


def test_a_site_s_own_words_go_before(tmp_path: Path) -> None:
    (tmp_path / "de.json").write_text('{"cell": {"run": "Los"}}', "utf-8")
    (tmp_path / "fr.json").write_text('{"cell": {"run": "Exécuter"}}', "utf-8")
    german = words.of("de", tmp_path)
    assert german["cell"] == words.of("de")["cell"] | {"run": "Los"}
    french = words.of("fr", tmp_path)
    assert french == words.ENGLISH | {"cell": words.ENGLISH["cell"] | {"run": "Exécuter"}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"cell": {"ran": "Los"}}', "fr.json: the interface has no words cell.ran"),
        ('{"cel": {"run": "Los"}}', "fr.json: the interface has no words cel.run"),
        ('{"cell": {"doneIn": "Fini"}}', r"fr.json: cell.doneIn needs these gaps.*: {time}"),
        ('{"cell": {"run": "Los {time}"}}', "fr.json: cell.run needs these gaps.*: none"),
        ('{"cell": {"run": "Los {"}}', "fr.json: cell.run needs these gaps"),
        ('{"cell": {"run": ""}}', "fr.json: cell.run is no text"),
        ('{"cell": {"run": 1}}', "fr.json: cell.run is no text"),
        ('{"cell": "run"}', "fr.json: cell is no group of words"),
        ('{"all": {"locale": "en français"}}', "fr.json: all.locale is en français"),
        ("[]", "fr.json: this is no group of words"),
        ("{", "fr.json: this is no JSON"),
    ],
)
def test_a_file_that_is_wrong_is_named_with_what_is_wrong(
    text: str, message: str, tmp_path: Path
) -> None:
    (tmp_path / "fr.json").write_text(text, "utf-8")
    with pytest.raises(BuildError, match=message):
        words.of("fr", tmp_path)


@pytest.mark.parametrize("quote", ['"', "'", "`"])
def test_words_in_a_script_are_the_text_itself(quote: str) -> None:
    text = 'Say "it\'s" `${x}` \\ </script> “so”\n{n}'
    mark = words.defines()["WORDS.cell.run"]
    script = f"var a = {quote}{mark}{quote};".encode()
    put = words.put(script, {"cell": {"run": text}}).decode()
    body = put.removeprefix(f"var a = {quote}").removesuffix(f"{quote};")
    assert not re.search(rf"(?<!\\){quote}|(?<!\\)\$\{{|\n", body)
    plain = {"n": "\n", "t": "\t", "r": "\r"}
    assert re.sub(r"\\(.)", lambda m: plain.get(m[1], m[1]), body) == text


def test_a_day_in_words() -> None:
    noon = datetime(2027, 3, 1, 12, tzinfo=timezone(timedelta(hours=1)))
    assert words.moment(noon) == "1 March 2027, 12:00 UTC+01:00"
    assert words.moment(datetime(2027, 3, 1, tzinfo=UTC), words.of("de")) == "1. März 2027"
