"""The hosting guide's files with real servers: headers, compressed copies, types, a subfolder."""

import gzip
import re
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import pytest

from site_hooks.publish import finish
from tests import servers

ROOT = Path(__file__).parents[2]
HOSTING = ROOT / "site_hooks" / "hosting"
IMMUTABLE = "public, max-age=31536000, immutable"
PAGE = "<html><head><title>A page</title></head><body>" + "words " * 1000 + "</body></html>"
FILES = {
    "index.html": PAGE,
    "losses/mse/index.html": PAGE,
    "404.html": PAGE.replace("A page", "Not here"),
    "search/search_index.json": '{"docs": [' + "0," * 2000 + "0]}",
    "assets/client/index.js": "export const a = 1;\n" * 200,
    "assets/look.css": "a { color: red }\n" * 200,
    "assets/fonts/face.woff2": "font",
    "assets/runtime/core.0123456789ab.pack": "pack" * 1000,
    "assets/runtime/core.0123456789ab.wasm": "bare pack" * 1000,
    "assets/runtime/pyodide.0123456789ab.wasm": "wasm" * 1000,
}


class Unredirected(urllib.request.HTTPRedirectHandler):
    """Shows a redirect instead of following it."""

    def redirect_request(self, *_: object) -> None:
        return None


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished site, as finish.py leaves it."""
    folder = tmp_path_factory.mktemp("hosting") / "site"
    for name, content in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    finish.finish(folder, lambda manifest: f"// {manifest['version']}\n".encode() * 200)
    return folder


@pytest.fixture(
    scope="module", params=[servers.nginx_command, servers.apache_command], ids=["nginx", "apache"]
)
def host(
    request: pytest.FixtureRequest, site: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of the site on a real server."""
    with servers.running(request.param, site, tmp_path_factory.mktemp("server")) as address:
        yield address


def get(url: str, **headers: str) -> tuple[int, Message, bytes]:
    request = urllib.request.Request(
        url, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )
    try:
        with urllib.request.build_opener(Unredirected).open(request, timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def every_file(site: Path) -> list[str]:
    names = (path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file())
    hidden = (".gz", ".br", ".htaccess", ".nojekyll", "_headers", "nginx-headers.conf")
    return [name for name in names if not name.endswith(hidden)]


def test_what_lies_below_assets_may_be_kept_for_good_and_nothing_else(
    host: str, site: Path
) -> None:
    for name in every_file(site):
        _, headers, _ = get(host + name)
        lasting = IMMUTABLE if name.startswith("assets/") else "no-cache"
        assert headers.get_all("Cache-Control") == [lasting], name


def test_compressed_copies_are_sent_to_those_who_take_them(host: str, site: Path) -> None:
    for name in every_file(site):
        plain = (site / name).read_bytes()
        status, headers, body = get(host + name)
        assert (status, headers["Content-Encoding"], body) == (200, None, plain), name
        status, headers, body = get(host + name, Accept_Encoding="gzip")
        if (site / f"{name}.gz").exists():
            assert headers.get_all("Content-Encoding") == ["gzip"], name
            assert "Accept-Encoding" in headers["Vary"]
            assert gzip.decompress(body) == plain
        else:
            assert (headers["Content-Encoding"], body) == (None, plain), name


def test_brotli_is_sent_where_the_server_knows_it(host: str, site: Path) -> None:
    for name in every_file(site):
        _, headers, body = get(host + name, Accept_Encoding="br, gzip")
        suffix = {"br": ".br", "gzip": ".gz", None: ""}[headers["Content-Encoding"]]
        assert body == (site / f"{name}{suffix}").read_bytes(), name


def test_types_are_those_that_browsers_insist_on(host: str, site: Path) -> None:
    types = {
        "html": {"text/html"},
        "js": {"text/javascript", "application/javascript"},
        "css": {"text/css"},
        "json": {"application/json"},
        "woff2": {"font/woff2"},
        "pack": {"application/octet-stream"},
        "wasm": {"application/wasm"},
    }
    for name in every_file(site):
        for encoding in ("identity", "gzip"):
            _, headers, _ = get(host + name, Accept_Encoding=encoding)
            assert headers.get_content_type() in types[name.rpartition(".")[2]], name


def test_folders_are_pages_and_unknown_addresses_are_404(host: str) -> None:
    status, headers, body = get(f"{host}losses/mse/", Accept_Encoding="gzip")
    assert (status, headers["Content-Encoding"]) == (200, "gzip")
    assert b"A page" in gzip.decompress(body)
    assert headers["Cache-Control"] == "no-cache"
    assert get(f"{host}nowhere/")[0] == 404


@pytest.mark.parametrize("folder", ["", "losses/mse/"])
def test_a_folder_without_its_slash_leads_to_it_with_its_query(host: str, folder: str) -> None:
    """On the same host, whatever its name and port are outside."""
    status, headers, _ = get(f"{host}{folder}".rstrip("/") + "?h=loss", Host="lesson.test")
    assert status == 301
    found = urllib.parse.urljoin("https://lesson.test/course/", headers["Location"])
    assert found.partition("://")[2] == f"lesson.test/lesson/{folder}?h=loss"


def test_the_security_headers_go_into_the_file_of_a_larger_netlify_site(site: Path) -> None:
    """By the guide's own command."""
    guide = (ROOT / "docs/instructors/hosting.md").read_text("utf-8")
    command = re.search(r"^sed .*_headers.*$", guide, re.MULTILINE)
    assert command
    (site.parent / "my-headers").write_text("/*\n  X-Own: 1\n", "utf-8")
    (site.parent / "public").mkdir()
    subprocess.run(command[0], shell=True, cwd=site.parent, check=True)
    lines = (site.parent / "public/_headers").read_text("utf-8").splitlines()
    own = (site / "_headers").read_text("utf-8").splitlines()
    wanted = [f"/course/lesson{line}" if line.startswith("/") else line for line in own]
    assert lines == ["/*", "  X-Own: 1", *wanted]
    assert {line for line in lines if line.startswith("/")} == {
        *("/*", "/course/lesson/*", "/course/lesson/assets/*")
    }


def test_a_page_that_did_not_change_costs_no_bytes(host: str) -> None:
    _, headers, _ = get(host, Accept_Encoding="gzip")
    status, _, body = get(host, Accept_Encoding="gzip", If_None_Match=headers["ETag"])
    assert (status, body) == (304, b"")


def test_every_answer_has_the_security_headers(host: str, site: Path) -> None:
    lines = (site / "_headers").read_text("utf-8").partition("/assets")[0].splitlines()
    wanted = dict(line.strip().split(": ", 1) for line in lines if ": " in line)
    assert len(wanted) == 7
    for name in ("", "nowhere/", *every_file(site)):
        _, headers, _ = get(host + name)
        assert {header: headers[header] for header in wanted} == wanted, name


def test_netlify_s_file_names_the_same_rule() -> None:
    lines = (HOSTING / "_headers").read_text("utf-8").splitlines()
    assert lines[-2:] == ["/assets/*", f"  Cache-Control: {IMMUTABLE}"]
