"""What is kept between builds: whole, under a key of all that it is made of, and not for ever."""

import os
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from markdown import Markdown
from mkdocstrings import Highlighter
from mkdocstrings_handlers.python._internal import rendering

from site_hooks import compressed, kept
from site_hooks.assets import bundle, names
from site_hooks.content import hero, outputs, reference
from site_hooks.content.cells import Cell


def counted(made: list[bytes], content: bytes = b"content") -> bytes:
    made.append(content)
    return content


def test_what_is_kept_is_made_once(tmp_path: Path) -> None:
    made: list[bytes] = []
    for _ in range(2):
        assert kept.made(tmp_path / "one", lambda: counted(made)) == b"content"
    assert len(made) == 1


@pytest.mark.parametrize("cut", [0, 10, 33, 38])
def test_what_was_cut_short_is_made_anew(tmp_path: Path, cut: int) -> None:
    kept.store(tmp_path / "one", b"content")
    (tmp_path / "one").write_bytes((tmp_path / "one").read_bytes()[:cut])
    assert kept.load(tmp_path / "one") is None
    assert kept.made(tmp_path / "one", lambda: b"new") == b"new"
    assert kept.load(tmp_path / "one") == b"new"


def test_what_was_changed_is_made_anew(tmp_path: Path) -> None:
    kept.store(tmp_path / "one", b"content")
    whole = (tmp_path / "one").read_bytes()
    (tmp_path / "one").write_bytes(whole[:-1] + b"T")
    assert kept.load(tmp_path / "one") is None


def test_a_key_changes_with_each_part_and_with_where_it_ends() -> None:
    keys = [kept.key("a", "b"), kept.key("ab"), kept.key("a", b"c"), kept.key("b", "a")]
    assert len({*keys, kept.key("", "ab")}) == 5
    assert kept.key("a", b"b") == keys[0]


def test_a_digest_changes_with_names_and_contents(tmp_path: Path) -> None:
    def digest(**files: str) -> str:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        (folder / "__pycache__").mkdir(parents=True)
        (folder / "__pycache__" / "a.pyc").write_text(str(time.perf_counter()))
        for name, content in files.items():
            (folder / name).write_text(content)
        return kept.digest(folder, kept.tree(folder))

    first = digest(a="1", b="2")
    assert digest(b="2", a="1") == first
    others = {digest(a="1", b="3"), digest(a="1", c="2"), digest(a="1"), digest(a="1", b="2", c="")}
    assert len({first, *others}) == 5


def test_what_shows_its_sources_is_made_anew_when_one_changes(tmp_path: Path) -> None:
    made: list[str] = []
    source = tmp_path / "source"
    source.write_text("one")

    def make() -> tuple[dict[str, str], Iterable[str]]:
        made.append(source.read_text())
        return {"said": made[-1]}, ["source"]

    def found() -> str:
        return str(kept.made_from(tmp_path / "file", tmp_path, make)["said"])

    assert [found(), found()] == ["one", "one"]
    source.write_text("two")
    assert [found(), found()] == ["two", "two"]
    assert made == ["one", "two"]
    source.unlink()
    with pytest.raises(FileNotFoundError):
        found()


def test_what_nobody_asks_for_goes_and_what_is_asked_for_stays(tmp_path: Path) -> None:
    old = time.time() - kept.LIFETIME - kept.DAY
    for name in ("unused", "used", "new"):
        kept.store(tmp_path / "folder" / name, b"content")
        if name != "new":
            os.utime(tmp_path / "folder" / name, (old, old))
    kept.load(tmp_path / "folder" / "used")
    kept.prune(tmp_path)
    assert {path.name for path in tmp_path.rglob("*")} == {"folder", "used", "new"}


def test_many_writers_leave_one_whole_file(tmp_path: Path) -> None:
    content = b"x" * 200_000
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: kept.write_atomic(tmp_path / "file", content), range(32)))
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_bytes() == content


# --- What each key holds ---


def test_compressed_contents_are_kept_by_content_and_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = b"loss " * 1000
    wanted: list[tuple[bytes, compressed.Form]] = [(content, "br11"), (content, "gz")]
    brotli, gz = compressed.compressed(wanted, tmp_path)
    assert gz[:2] == b"\x1f\x8b" != brotli[:2]
    other, again = compressed.compressed([(content + b".", "gz"), (content, "gz")], tmp_path)
    assert other != gz == again
    monkeypatch.setattr(compressed, "_made", lambda wanted: [b"anew"] * len(wanted))
    assert compressed.compressed(wanted, tmp_path) == [brotli, gz]
    assert compressed.compressed([(content, "br9")], tmp_path) == [b"anew"]
    monkeypatch.setattr(compressed, "_maker", lambda: "another version")
    assert compressed.compressed([(content, "gz")], tmp_path) == [b"anew"]


def test_a_bundle_changes_with_its_sources(tmp_path: Path) -> None:
    entry, part = tmp_path / "index.ts", tmp_path / "part.ts"
    entry.write_text('import { word } from "./part";\nconsole.log(word);\n')

    def bundled(word: str, **manifest: str) -> bytes:
        part.write_text(f'export const word = "{word}";\n')
        return bundle.client(manifest, [entry])["index.js"]

    assert b"one" in bundled("one")
    assert b"two" in bundled("two")
    assert b"one" in bundled("one")


def test_names_and_the_hero_change_with_pylib(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "module.py").write_text("x = 1")
    for module in (names, hero):
        monkeypatch.setattr(module, "CACHE", tmp_path / "cache")
        monkeypatch.setattr(module, "PYLIB", tmp_path)
        monkeypatch.setattr(module, "ROOT", tmp_path)
    made: list[bytes] = []
    monkeypatch.setattr(names, "_listed", lambda: counted(made, b"[]"))
    monkeypatch.setattr(hero, "_taken", lambda task: counted(made, task.encode()))

    def make() -> int:
        names.index()
        hero.first()
        return len(made)

    monkeypatch.setattr(kept, "tree", lambda folder: [folder / "module.py"])
    assert [make(), make()] == [2, 2]
    (tmp_path / "module.py").write_text("x = 2")
    assert [make(), make()] == [4, 4]
    monkeypatch.setattr(hero, "STEPS", 3)
    assert make() == 5


def test_outputs_change_with_pylibs_data_and_with_what_makes_pictures_smaller(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[bytes] = []
    data, maker = tmp_path / "pylib" / "digits.npz", tmp_path / "pictures.py"
    data.parent.mkdir()
    monkeypatch.setattr(outputs, "ROOT", tmp_path)
    monkeypatch.setattr(outputs, "PYLIB", data.parent)
    monkeypatch.setattr(outputs, "_MAKERS", [maker])

    def run(request: str, path: str) -> dict[str, object]:
        ran.append(request.encode())
        return {"cells": [{"id": "one", "events": []}], "modules": []}

    monkeypatch.setattr(outputs, "_run_in_python", run)

    def runs(numbers: str, words: str) -> int:
        data.write_text(numbers)
        maker.write_text(words)
        outputs.run([Cell("one", "run", "1", "page", "page.md", 3)], tmp_path / "cache")
        return len(ran)

    assert [runs("1", "a"), runs("1", "a"), runs("2", "a"), runs("2", "b")] == [1, 1, 2, 3]


def test_signatures_change_with_the_code_and_its_width(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[tuple[str, int]] = []

    def formatter(code: str, width: int) -> str:
        made.append((code, width))
        return f"{code} in {width}"

    monkeypatch.setattr(reference, "CACHE", tmp_path)
    monkeypatch.setattr(rendering, "_get_formatter", lambda: formatter)
    reference._keep_signatures()
    formatted = rendering._get_formatter()
    for _ in range(2):
        assert formatted("a", 60) == "a in 60"
    assert (formatted("b", 60), formatted("a", 70)) == ("b in 60", "a in 70")
    assert len(made) == 3
    monkeypatch.setattr(reference, "_version", lambda _: "another")
    monkeypatch.setattr(rendering, "_get_formatter", lambda: formatter)
    reference._keep_signatures()
    rendering._get_formatter()("a", 60)
    assert len(made) == 4


def test_colours_change_with_the_code_and_how_it_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def coloured(self: object, src: str, language: str | None = None, **how: object) -> str:
        made.append(src)
        return f"{src} {language} {how} {vars(self)}"

    monkeypatch.setattr(reference, "CACHE", tmp_path)
    monkeypatch.setattr(Highlighter, "highlight", coloured)
    reference._keep_colours()
    one, other = Highlighter(Markdown()), Highlighter(Markdown())
    other.default_lang = "python"
    for _ in range(2):
        found = {
            one.highlight("a", "python", inline=True),
            one.highlight("b", "python", inline=True),
            one.highlight("a", "console", inline=True),
            one.highlight("a", "python", inline=False),
            other.highlight("a", "python", inline=True),
        }
        assert len(found) == len(made) == 5
