"""Packages for learning systems: what is in them, their manifests, and pages that work there."""

import base64
import hashlib
import json
import re
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from site_hooks.__main__ import main as command
from site_hooks.errors import BuildError
from site_hooks.publish import addresses, finish, lms_manifests, package, security
from site_hooks.publish.lms_manifests import Course

PAGES = '["./", "losses/mse/", "losses/huber/", "help/"]'
SCRIPT = f'<script>var pages = {PAGES}; open("sitemap.xml")</script>'
HEAD = '<html lang="en"><head><meta charset="utf-8"><title>T</title>'
LOGO = '<a href="{}" title="Losses &amp; &quot;more&quot;" class="md-header__button md-logo">L</a>'
PRACTICE: list[dict[str, Any]] = [
    {
        "page": "index",
        "url": "",
        "title": "First",
        "items": [
            {"kind": "cell", "id": "loop", "title": "A cell", "version": ""},
            {"kind": "quiz", "id": "loop-quiz", "title": "a < b? </script>", "version": "1"},
        ],
    },
    {"page": "help", "url": "help/", "title": "Help", "items": []},
    {
        "page": "losses/mse",
        "url": "losses/mse/",
        "title": "MSE",
        "items": [{"kind": "exercise", "id": "mse-step", "title": "A step", "version": "2"}],
    },
    {
        "page": "losses/huber",
        "url": "losses/huber/",
        "title": "Huber",
        "items": [{"kind": "quiz", "id": "huber-quiz", "title": "Why?", "version": "3"}],
    },
]
SEARCH = {"config": {}, "docs": [{"location": "", "title": "First"}, {"location": "losses/mse/#a"}]}


def page(root: str, body: str = "") -> str:
    description = '<meta name="description" content="What &quot;loss&quot; is.">'
    tags = f'{SCRIPT}<script src="{root}assets/client/index.js"></script>'
    return f"{HEAD}{description}{tags}</head><body>{LOGO.format(root)}{body}</body></html>"


FILES: dict[str, str] = {
    "index.html": page(
        "./",
        '<a href="losses/mse/">1</a><a href="losses/mse/#a">2</a><a href="help">3</a>'
        '<a href="https://a.test/losses/mse/">4</a><a href="#a">5</a><a href="/losses/mse/">6</a>'
        '<a href="assets/client/">7</a><a href=".">8</a><a href="losses/mse/?q=1">9</a>',
    ),
    "losses/mse/index.html": page("../../", '<a href="../huber/#b">1</a><a href="./">2</a>'),
    "losses/huber/index.html": page("../../"),
    "help/index.html": page("../", '<a href="..">1</a>'),
    "404.html": page("./"),
    "practice.json": json.dumps(PRACTICE),
    "search/search_index.json": json.dumps(SEARCH),
    "losses/mse/notebook.json": "{}" * 2000,
    "assets/client/index.js": "1;" * 2000,
    "assets/client/index.js.map": "map",
    "assets/client/lms-page.js": 'import "./index.js";',
    "assets/client/lms-launch.js": "2;",
    "assets/runtime/wasm.0123456789ab.pack": "pack",
    "assets/runtime/pyodide.0123456789ab.wasm": "bare",
    "assets/runtime/pyodide.0123456789ab.wasm.gz": "zipped",
    "assets/runtime/pyodide.0123456789ab.wasm.br": "zipped",
    "objects.inv": "inventory",
    "sitemap.xml": "<urlset/>",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site as finish.py leaves it."""
    folder = tmp_path_factory.mktemp("site")
    for name, content in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    finish.finish(folder, lambda manifest: b"worker")
    return folder


def told(files: dict[str, bytes]) -> dict[str, Any]:
    """What the launch page is given."""
    found = re.search(
        rb'<script type="application/json" id="package">(.*?)</script>', files["launch.html"]
    )
    assert found
    document: dict[str, Any] = json.loads(found[1])
    return document


def links(files: dict[str, bytes], name: str) -> list[str]:
    body = files[name].decode().partition("<body>")[2]
    return re.findall(r'<a href="([^"]*)">', body)


def test_nothing_is_there_twice_and_nothing_for_hosts(site: Path) -> None:
    _, files = package.package(site, "scorm12")
    rest = {re.sub(r"\.[0-9a-f]{12}\.(js)$", r".\1", name) for name in files}
    assert rest == {
        *("index.html", "help/index.html", "losses/mse/index.html", "losses/huber/index.html"),
        *("practice.json", "search/search_index.json", "losses/mse/notebook.json"),
        *(f"assets/client/{name}.js" for name in ("index", "lms-page", "lms-launch")),
        "assets/runtime/wasm.0123456789ab.pack",
        *("launch.html", "imsmanifest.xml"),
    }


def test_links_name_files(site: Path) -> None:
    _, files = package.package(site, "scorm12")
    assert links(files, "index.html") == [
        *("losses/mse/index.html", "losses/mse/index.html#a", "help/index.html"),
        *("https://a.test/losses/mse/", "#a", "/losses/mse/", "assets/client/", "./index.html"),
        "losses/mse/index.html?q=1",
    ]
    assert links(files, "losses/mse/index.html") == ["../huber/index.html#b", "./index.html"]
    assert links(files, "help/index.html") == ["../index.html"]
    assert b'<a href="../../index.html" title=' in files["losses/mse/index.html"]
    listed = json.loads(files["practice.json"])
    assert [one["url"] for one in listed] == [
        *("index.html", "help/index.html", "losses/mse/index.html", "losses/huber/index.html")
    ]
    docs = json.loads(files["search/search_index.json"])["docs"]
    assert [doc["location"] for doc in docs] == ["index.html", "losses/mse/index.html#a"]
    assert docs[0]["title"] == "First"


def test_the_policy_knows_the_scripts_that_changed(site: Path) -> None:
    _, files = package.package(site, "scorm12")
    for name in filter(addresses.is_page, files):
        html = files[name].decode()
        inline = re.findall(r"<script>(.*?)</script>", html)
        assert inline == [
            'var pages = ["index.html", "losses/mse/index.html", "losses/huber/index.html", '
            '"help/index.html"]; open("sitemap.xml")'
        ]
        (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
        assert policy == html.partition('content="')[2].partition('"')[0]  # before any script
        assert security.integrity(inline[0].encode()) in policy


def test_pages_say_that_they_are_packaged_and_load_what_reports(site: Path) -> None:
    _, files = package.package(site, "scorm12")
    (script,) = (name for name in files if "lms-page" in name)
    digest = base64.b64encode(hashlib.sha256(files[script]).digest()).decode()
    version = re.search(rb'name="site-version" content="(\w+)"', (site / "index.html").read_bytes())
    assert version
    for name in filter(addresses.is_page, files):
        html = files[name].decode()
        assert f'<meta name="site-version" content="{version[1].decode()}" data-packaged>' in html
        root = "../" * name.count("/")
        tag = f'<script type="module" src="{root}{script}" integrity="sha256-{digest}"></script>'
        assert html.endswith(f"{tag}</body></html>")


def test_the_launch_page_has_what_counts(site: Path) -> None:
    _, files = package.package(site, "scorm12", mark=0.5)
    document = told(files)
    assert [(item["page"], item["id"], item["kind"]) for item in document["items"]] == [
        ("index", "loop-quiz", "quiz"),
        ("losses/mse", "mse-step", "exercise"),
        ("losses/huber", "huber-quiz", "quiz"),
    ]
    assert document["start"] == "index.html"
    assert document["mark"] == 0.5
    assert document["format"] == "scorm12"
    assert document["pages"] == sorted(filter(addresses.is_page, files))
    html = files["launch.html"].decode()
    assert "<title>Losses &amp; &quot;more&quot;</title>" in html
    assert not re.search(r"[A-Z]{5,}", re.sub(r'"[^"]*"|<!doctype html>', "", html, flags=re.I))


def test_codes_follow_from_page_and_id_alone(site: Path) -> None:
    codes = {
        item["id"]: item["code"] for item in told(package.package(site, "scorm12")[1])["items"]
    }
    assert all(re.fullmatch(r"[\w-]{4}", code) for code in codes.values())
    # What systems have kept is read with them, for ever.
    digest = hashlib.sha256(b"losses/mse#mse-step").digest()[:3]
    assert codes["mse-step"] == base64.urlsafe_b64encode(digest).decode()
    fewer = told(package.package(site, "cmi5", counted=["losses/*"])[1])
    assert {item["id"]: item["code"] for item in fewer["items"]} == {
        name: code for name, code in codes.items() if name != "loop-quiz"
    }


def test_a_package_of_a_part_starts_there_and_has_a_name_of_its_own(site: Path) -> None:
    whole, _ = package.package(site, "scorm12")
    part, files = package.package(
        site, "scorm12", counted=["losses/h*", "losses/mse"], title="Week 2"
    )
    assert told(files)["start"] == "losses/mse/index.html"
    assert (whole.name, part.name) == ("losses-more", "week-2-losses-h-losses-mse")
    assert (whole.title, part.title) == ('Losses & "more"', "Week 2")
    assert "help/index.html" in files
    for pattern in ("losses/mse.md", "losses/mse/"):
        _, files = package.package(site, "scorm12", counted=[pattern])
        assert told(files)["start"] == "losses/mse/index.html"


def test_titles_in_other_letters_keep_names_apart(site: Path) -> None:
    names = {
        title: package.package(site, "scorm12", title=title)[0].name
        for title in ("Übung 2: für Anfänger", "第一周", "第二周", "10 losses", "…")
    }
    assert names["Übung 2: für Anfänger"] == "ubung-2-fur-anfanger"
    assert names["…"] == "lesson"
    assert names["10 losses"] == "lesson-10-losses"
    assert len({*names.values()}) == 5
    assert all(re.fullmatch(r"[a-z][a-z\d-]*", name) for name in names.values())


def test_scorm_manifests_name_every_file_and_the_page_to_open(site: Path) -> None:
    for way, version, kind in (
        ("scorm12", "1.2", "scormtype"),
        ("scorm2004", "2004 3rd Edition", "scormType"),
    ):
        _, files = package.package(site, way)
        root = ElementTree.fromstring(files["imsmanifest.xml"])
        space = root.tag.partition("}")[0] + "}"
        (resource,) = root.iter(f"{space}resource")
        assert resource.get("href") == "launch.html"
        assert [value for name, value in resource.items() if name.endswith(kind)] == ["sco"]
        assert {one.get("href") for one in resource} == set(files) - {"imsmanifest.xml"}
        assert [one.text for one in root.iter(f"{space}schemaversion")] == [version]
        assert {one.text for one in root.iter(f"{space}title")} == {'Losses & "more"'}
        (item,) = root.iter(f"{space}item")
        assert item.get("identifierref") == resource.get("identifier")


def test_cmi5_says_what_is_passed_and_when(site: Path) -> None:
    _, files = package.package(site, "cmi5", mark=0.75)
    root = ElementTree.fromstring(files["cmi5.xml"])
    space = "{https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd}"
    (au,) = root.iter(f"{space}au")
    assert (au.get("moveOn"), au.get("masteryScore")) == ("Passed", "0.75")
    assert [one.text for one in au.iter(f"{space}url")] == ["launch.html"]
    (course,) = root.iter(f"{space}course")
    names = [one.get("id") or "" for one in (course, au)]
    assert all(re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", name) for name in names)
    assert len(set(names)) == 2
    assert [one.text for one in root.iter(f"{space}langstring")][1] == 'What "loss" is.'
    assert "imsmanifest.xml" not in files
    # The course says where reports go; in SCORM nothing is fetched.
    assert "connect-src *" in files["launch.html"].decode()
    assert "connect-src 'none'" in package.package(site, "scorm12")[1]["launch.html"].decode()


def test_the_same_site_gives_the_same_archive(site: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        package.write(package.package(site, "scorm12")[1], tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    with zipfile.ZipFile(tmp_path / "a") as archive:
        assert archive.testzip() is None
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        packed = {entry.filename: entry.compress_type for entry in archive.infolist()}
    assert packed["assets/runtime/wasm.0123456789ab.pack"] == zipfile.ZIP_STORED
    assert packed["losses/mse/notebook.json"] == zipfile.ZIP_DEFLATED


def test_the_command_writes_the_file_and_says_its_size(
    site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--pass", "60", "--site", str(site), "--out", str(tmp_path)]
    assert command(["package", "cmi5", *options]) == 0
    said = capsys.readouterr().out
    path = tmp_path / "losses-more-cmi5.zip"
    assert path.is_file()
    sizes = r"0\.\d MB, unpacked 0\.\d MB in \d+ files\."
    assert re.fullmatch(rf"{re.escape(str(path))}: {sizes} .* passed with 60 %\.\n", said)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["scorm11"], "invalid choice"),
        (["scorm12", "--pass", "0"], "--pass is 0"),
        (["scorm12", "--pass", "101"], "from 1 to 100"),
        ([], "required: format"),
    ],
)
def test_a_wrong_command_is_told(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        package.main(arguments)
    assert said in capsys.readouterr().err


def test_what_is_no_site_is_named(
    site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert package.main(["scorm12", "--site", str(tmp_path)]) == 1
    assert "holds no built site: build it first, with `npm run build`" in capsys.readouterr().out
    with pytest.raises(BuildError, match=r'no page .* is called "loses/\*": index, losses/mse'):
        package.package(site, "scorm12", counted=["losses/*", "loses/*"])


def changed(site: Path, folder: Path, name: str, content: str) -> Path:
    """A copy of the site in which a file is another."""
    for path in filter(Path.is_file, site.rglob("*")):
        copy = folder / path.relative_to(site)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    (folder / name).write_text(content, encoding="utf-8")
    return folder


def test_a_site_that_a_package_cannot_be_made_of_is_told(site: Path, tmp_path: Path) -> None:
    nothing: list[dict[str, Any]] = [{**one, "items": []} for one in PRACTICE]
    many = [{"kind": "quiz", "id": f"q{n}", "title": "", "version": ""} for n in range(600)]
    unfinished = (site / "help/index.html").read_text("utf-8").replace("site-version", "x")
    for number, (name, content, said) in enumerate(
        (
            ("practice.json", json.dumps(nothing), "no exercise and no question"),
            ("practice.json", json.dumps([{**PRACTICE[0], "items": many}]), "600 .* at most 571"),
            ("help/index.html", unfinished, "help/index.html is no page of a finished build"),
            ("help/index.html", unfinished.replace("pages", "p"), "help has 0 lists of pages"),
        )
    ):
        copy = changed(site, tmp_path / str(number), name, content)
        with pytest.raises(BuildError, match=said):
            package.package(copy, "scorm12")


def test_exercises_with_one_code_are_told(site: Path, tmp_path: Path) -> None:
    seen: dict[bytes, str] = {}
    number = 0
    # Three bytes: among some 5,000 names two are alike.
    while True:
        name = f"q{number}"
        digest = hashlib.sha256(f"index#{name}".encode()).digest()[:3]
        if digest in seen:
            break
        seen[digest] = name
        number += 1
    alike = [
        {"kind": "quiz", "id": one, "title": "", "version": ""} for one in (seen[digest], name)
    ]
    copy = changed(site, tmp_path, "practice.json", json.dumps([{**PRACTICE[0], "items": alike}]))
    with pytest.raises(
        BuildError, match=f"index#{seen[digest]} and index#{name} have the same code"
    ):
        package.package(copy, "scorm12")


def test_a_manifest_escapes_what_it_is_given() -> None:
    course = Course("a", "<&>", "en", "</description>", 0.8)
    for text in (
        lms_manifests.scorm12(course, ['a"&.html']),
        lms_manifests.scorm2004(course, ['a"&.html']),
        lms_manifests.cmi5(course),
    ):
        root = ElementTree.fromstring(text)
        assert "<&>" in [one.text for one in root.iter()]
