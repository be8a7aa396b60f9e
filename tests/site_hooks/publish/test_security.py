"""The security headers: what the policy names, where it stands, and that every host has it."""

import base64
import hashlib

import pytest

from site_hooks.errors import BuildError
from site_hooks.paths import HOOKS
from site_hooks.publish import security

SCRIPT, STYLE = b"start()", b"a { color: red }"
PAGE = (
    b'<html><head><meta charset="utf-8"><script>' + SCRIPT + b"</script>"
    b'<script src="a.js">unused()</script><script type="application/json">{"a": 1}</script>'
    b"<style>" + STYLE + b"</style></head><body></body></html>"
)


def source(content: bytes) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content).digest()).decode()}'"


def test_the_policy_names_what_runs_in_a_page_by_its_hash() -> None:
    scripts = security.policy([PAGE])["script-src"].split()
    assert [name for name in scripts if name.startswith("'sha256-")] == [source(SCRIPT)]


def test_the_policy_is_that_of_all_pages_together() -> None:
    other = PAGE.replace(SCRIPT, b"other()")
    scripts = security.policy([PAGE, other])["script-src"]
    assert source(SCRIPT) in scripts
    assert source(b"other()") in scripts


def test_no_script_runs_but_the_site_s_own() -> None:
    sources = security.policy([])
    assert sources["default-src"] == sources["object-src"] == sources["base-uri"] == "'none'"
    assert not {"'unsafe-inline'", "'unsafe-eval'", "https:", "*"} & set(
        sources["script-src"].split()
    )


def test_a_page_says_the_policy_before_its_first_script() -> None:
    page = security.with_policy(PAGE, security.policy([PAGE])).decode()
    assert page.index("Content-Security-Policy") < page.index("<script")
    assert page.index("charset") < page.index("Content-Security-Policy")
    assert "frame-ancestors" not in page


@pytest.mark.parametrize("isolated", [True, False])
def test_isolation_is_a_switch(isolated: bool) -> None:
    found = security.headers(security.policy([]), isolated)
    assert ("Cross-Origin-Embedder-Policy" in found) is isolated
    assert found["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("embed", "framing", "shared"),
    [
        (None, "frame-ancestors 'self'", "same-origin"),
        ("none", "frame-ancestors 'none'", "same-origin"),
        ("any", "frame-ancestors *", "cross-origin"),
        (
            ["https://moodle.example.edu", "http://localhost:8080", "https://*.example.org"],
            "frame-ancestors 'self' https://moodle.example.edu http://localhost:8080 "
            "https://*.example.org",
            "cross-origin",
        ),
    ],
)
@pytest.mark.parametrize("isolated", [True, False])
def test_one_setting_says_who_may_frame_the_site(
    embed: object, framing: str, shared: str, isolated: bool
) -> None:
    found = security.headers(security.policy([PAGE]), isolated, embed)
    assert found["Content-Security-Policy"].endswith(f"; {framing}")
    assert found["Cross-Origin-Resource-Policy"] == shared
    assert ("Cross-Origin-Embedder-Policy" in found) is isolated
    assert "X-Frame-Options" not in found


@pytest.mark.parametrize(
    ("embed", "told"),
    [
        ("https://moodle.example.edu", "write none, any, or a list of origins"),
        ([], "write none, any, or a list of origins"),
        (True, "write none, any, or a list of origins"),
        ({"any": None}, "write none, any, or a list of origins"),
        (
            ["https://moodle.example.edu/"],
            "lists 'https://moodle.example.edu/', which is no origin",
        ),
        (["moodle.example.edu"], "which is no origin"),
        (["https://a.example; script-src *"], "which is no origin"),
        (["https://a.example\n  X-Evil: 1"], "which is no origin"),
        (["'self'"], "which is no origin"),
        ([None], "which is no origin"),
    ],
)
def test_a_setting_that_names_nobody_is_refused(embed: object, told: str) -> None:
    with pytest.raises(BuildError, match="extra.embed") as refused:
        security.ancestors(embed)
    assert told in str(refused.value)


def test_every_host_s_file_has_every_header() -> None:
    wanted = security.headers(security.policy([PAGE]), isolated=True)
    files = security.host_files(HOOKS / "hosting", wanted)
    assert set(files) == {"_headers", ".htaccess", "nginx-headers.conf"}
    for name, content in files.items():
        assert "SECURITY HEADERS" not in content
        for header, value in wanted.items():
            assert header in content, name
            assert value in content, name
    # Cloudflare takes no longer lines.
    assert max(map(len, files["_headers"].splitlines())) < 2000
