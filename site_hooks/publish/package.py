"""Makes of a built site a package for a learning management system: `npm run package -- scorm12`.

In a course it is `python -m site_hooks package scorm12`. The system opens launch.html, which shows
the lesson in a frame and reports what learners pass: client/lms does. The same site gives the same
bytes.
"""

import argparse
import hashlib
import html
import json
import posixpath
import re
import sys
import unicodedata
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from site_hooks import compressed, words
from site_hooks.errors import BuildError
from site_hooks.paths import HOOKS, IS_INSTALLED
from site_hooks.publish import addresses, finish, lms_manifests, security
from site_hooks.publish.lms_manifests import LAUNCH, Course

FORMATS = ("scorm12", "scorm2004", "cmi5")
TEMPLATE = HOOKS / "hosting" / LAUNCH
HOW = "with `mkdocs build --strict`" if IS_INSTALLED else "with `npm run build`"
COMMAND = "python -m site_hooks package" if IS_INSTALLED else "npm run package --"
# No learning system serves these: it compresses by itself if at all, and has its own headers.
LEFT_OUT = (*finish.NOT_LISTED, ".nojekyll", "robots.txt", "service-worker.js")
# The list of the site's files, which the service worker reads; the packs without gzip of their own,
# which are for hosts that compress: the packs themselves are there too.
TWICE = re.compile(r"assets/site\.\w+\.json|assets/runtime/[^/]*\.wasm")
# As many fit into the least that systems keep: client/lms/record.ts.
MOST_ITEMS = 571
# Characters of a description that all systems take.
DESCRIPTION = 250

_VERSION = re.compile(rb'<meta name="site-version" content="\w+"(?=>)')
_POLICY = re.compile(rb'<meta http-equiv="Content-Security-Policy" content="[^"]*">')
_TITLE = re.compile(r'<a\b[^>]*\btitle="([^"]*)"[^>]*\bmd-logo\b')
_DESCRIPTION = re.compile(r'<meta name="description" content="([^"]*)"')
_LANGUAGE = re.compile(r'<html[^>]*\blang="([\w-]+)"')


def package(
    site: Path, way: str, mark: float = 0.8, counted: Sequence[str] = (), title: str = ""
) -> tuple[Course, dict[str, bytes]]:
    """The files of a package, and what its manifest says.

    Args:
        site: the folder of a built site.
        way: one of FORMATS.
        mark: the share of the exercises and questions, above 0 and at most 1, that is passed.
        counted: patterns of the pages whose exercises and questions count, such as "losses/*"; the
            lesson opens at the first of them. All pages, if there is none.
        title: what the system calls it; the site's own title, if it is "".

    Raises:
        BuildError: the folder is no built site, or nothing in it counts.
    """
    files = _files(site)
    front = files[addresses.INDEX].decode()
    title = title or _found(_TITLE, front, "title")
    pages = {name for name in files if addresses.is_page(name)}
    files = {name: addresses.explicit(name, content, pages) for name, content in files.items()}
    listed = _counted(json.loads(files["practice.json"]), counted)
    items = [{"page": page["page"], **item} for page in listed for item in page["items"]]
    described = _DESCRIPTION.search(front)
    course = Course(
        name=_plain(" ".join([title, *counted])),
        title=title,
        language=_found(_LANGUAGE, front, "language"),
        description=html.unescape(described[1])[:DESCRIPTION] if described else title,
        mark=mark,
    )
    script = _script(files, "lms-page")
    hashed = security.integrity(files[script])
    marked = {name: _reporting(name, files[name], script, hashed) for name in pages}
    sources = security.policy(marked.values())
    files |= {name: security.with_policy(page, sources) for name, page in marked.items()}
    told = {
        "format": way,
        "mark": mark,
        "start": listed[0]["url"],
        "pages": sorted(pages),
        "items": [{**item, "code": _code(item)} for item in items],
    }
    _refuse_alike(told["items"])
    said = words.of(course.language, site.parent / words.OWN)
    files[LAUNCH] = _launch(course, told, files, said["lms"])
    match way:
        case "scorm12":
            files["imsmanifest.xml"] = lms_manifests.scorm12(course, sorted(files)).encode()
        case "scorm2004":
            files["imsmanifest.xml"] = lms_manifests.scorm2004(course, sorted(files)).encode()
        case _:
            files["cmi5.xml"] = lms_manifests.cmi5(course).encode()
    return course, files


def write(files: Mapping[str, bytes], path: Path) -> None:
    """Writes files into an archive, in the order of their names and without dates."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            small = Path(name).suffix in compressed.COMPRESSIBLE
            entry.compress_type = zipfile.ZIP_DEFLATED if small else zipfile.ZIP_STORED
            archive.writestr(entry, files[name], compresslevel=9)


def _files(site: Path) -> dict[str, bytes]:
    if not (site / addresses.INDEX).is_file() or not (site / "practice.json").is_file():
        raise BuildError(f"{site} holds no built site: build it first, {HOW}")
    found = {path.relative_to(site).as_posix(): path for path in site.rglob("*") if path.is_file()}
    return {
        name: path.read_bytes()
        for name, path in sorted(found.items())
        if not name.endswith(LEFT_OUT) and not TWICE.fullmatch(name)
    }


def _found(pattern: re.Pattern[str], page: str, what: str) -> str:
    match = pattern.search(page)
    if not match:
        raise BuildError(f"the site's first page does not say its {what}: build it with its theme")
    return html.unescape(match[1])


def _counted(listed: list[dict[str, Any]], patterns: Sequence[str]) -> list[dict[str, Any]]:
    """The pages that count, each with its exercises and questions."""
    pages = [
        {**page, "items": asked}
        for page in listed
        if (asked := [item for item in page["items"] if item["kind"] != "cell"])
    ]
    patterns = [_as_page(pattern) for pattern in patterns]
    for pattern in patterns:
        if not any(fnmatchcase(page["page"], pattern) for page in pages):
            there = ", ".join(page["page"] for page in pages)
            raise BuildError(f'no page with exercises or questions is called "{pattern}": {there}')
    found = [
        page
        for page in pages
        if not patterns or any(fnmatchcase(page["page"], pattern) for pattern in patterns)
    ]
    if not found:
        raise BuildError(
            "the site has no exercise and no question, so there is nothing to report; a page gets "
            "some as instructors/authoring.md says"
        )
    return found


def _plain(words: str) -> str:
    """Words as a name that every system takes, and no other words have.

    Examples:
        >>> _plain("Woche 2: Übung")
        'woche-2-ubung'
    """
    letters = unicodedata.normalize("NFKD", words.lower())
    kept = re.findall(r"[a-z\d]+", "".join(c for c in letters if not unicodedata.combining(c)))
    foreign = re.search(r"[^\W\d_]", re.sub(r"[a-z]", "", letters))
    own = hashlib.sha256(words.encode()).hexdigest()[:6] if foreign else ""
    name = "-".join(filter(None, [*kept, own]))
    # SCORM's identifiers are those of XML, which begin with a letter.
    return name if name[:1].isalpha() else f"lesson-{name}".rstrip("-")


def _as_page(pattern: str) -> str:
    """A pattern as pages are named, whether it was written as a file, an address or a page."""
    return pattern.strip("/").removesuffix(".md").removesuffix(".ipynb")


def _code(item: Mapping[str, str]) -> str:
    """Four characters that stand for an exercise in what systems keep.

    They follow from its page and id alone: a package that is uploaded anew, with an exercise more,
    still knows what was passed.
    """
    digest = hashlib.sha256(f"{item['page']}#{item['id']}".encode()).digest()
    return urlsafe_b64encode(digest[:3]).decode()


def _refuse_alike(items: Sequence[Mapping[str, str]]) -> None:
    if len(items) > MOST_ITEMS:
        raise BuildError(
            f"{len(items)} exercises and questions count, and systems keep at most {MOST_ITEMS}; "
            "make a package for each part of the site, with --pages"
        )
    seen: dict[str, str] = {}
    for item in items:
        name = f"{item['page']}#{item['id']}"
        other = seen.setdefault(item["code"], name)
        if other != name:
            raise BuildError(f"{other} and {name} have the same code in reports: rename one")


def _script(files: Mapping[str, bytes], name: str) -> str:
    """The address of a script of the client, whose name has a hash in it."""
    found = [path for path in files if re.fullmatch(rf"assets/client/{name}\.\w+\.js", path)]
    if len(found) != 1:
        raise BuildError(f"the site has no script {name}: build it anew, {HOW}")
    return found[0]


def _reporting(name: str, page: bytes, script: str, integrity: str) -> bytes:
    """A page that says that it is packaged, and loads the script that reports."""
    page, marks = _VERSION.subn(lambda match: match[0] + b" data-packaged", page)
    if marks != 1 or b"</body>" not in page:
        raise BuildError(f"{name} is no page of a finished build: build it anew, {HOW}")
    address = posixpath.relpath(script, posixpath.dirname(name) or ".")
    tag = f'<script type="module" src="{address}" integrity="{integrity}"></script>'
    before, _, after = _POLICY.sub(b"", page).rpartition(b"</body>")
    return before + tag.encode() + b"</body>" + after


def _launch(
    course: Course, told: Mapping[str, Any], files: Mapping[str, bytes], said: Mapping[str, str]
) -> bytes:
    script = _script(files, "lms-launch")
    fields = {
        "LANGUAGE": course.language,
        "TITLE": html.escape(course.title),
        "START": told["start"],
        "UNREPORTED": html.escape(said["unreported"]),
        "READING": html.escape(said["read"]),
        "SCRIPT": f'{script}" integrity="{security.integrity(files[script])}',
        "PACKAGE": json.dumps(told, ensure_ascii=False).replace("<", "\\u003c"),
    }
    names = re.compile("|".join(fields))
    page = names.sub(lambda match: fields[match[0]], TEMPLATE.read_text("utf-8")).encode()
    sources = {
        **security.policy([page]),
        "script-src": "'self'",
        "style-src-attr": "'none'",
        "frame-src": "'self'",
        # cmi5 names the address that takes its reports when it opens the page.
        "connect-src": "*" if told["format"] == "cmi5" else "'none'",
    }
    return security.with_policy(page, sources)


def main(arguments: Sequence[str]) -> int:
    """Write the package, and say where it is and how large."""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument("way", metavar="format", choices=FORMATS, help=", ".join(FORMATS))
    parser.add_argument(
        "--pass", dest="mark", type=int, default=80, metavar="PERCENT", help="passed from here on"
    )
    parser.add_argument(
        "--pages", action="append", default=[], metavar="PATTERN", help='"losses/*": what counts'
    )
    parser.add_argument("--title", default="", help="what the system calls it")
    parser.add_argument("--site", type=Path, default=Path("site"), help="the built site")
    parser.add_argument("--out", type=Path, default=Path("build"), help="the folder for the file")
    given = parser.parse_args(arguments)
    if not 1 <= given.mark <= 100:
        parser.error(f"--pass is {given.mark}; it is a number of percent, from 1 to 100")
    try:
        course, files = package(given.site, given.way, given.mark / 100, given.pages, given.title)
    except BuildError as error:
        print(error)
        return 1
    path = given.out / f"{course.name}-{given.way}.zip"
    write(files, path)
    size = sum(map(len, files.values()))
    print(
        f"{path}: {path.stat().st_size / 1e6:.1f} MB, unpacked {size / 1e6:.1f} MB in {len(files)} "
        f"files. “{course.title}”, passed with {given.mark} %."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
