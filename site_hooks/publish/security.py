"""The site's security headers: one policy, made from the pages as they were built, for every host.

What no header can carry to a browser, because a host sets none, stands in each page as a <meta>.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from site_hooks.errors import BuildError

_INLINE = re.compile(rb"<(script|style)((?:\s[^>]*)?)>(.*?)</\1>", re.DOTALL)
_MARK = re.compile(r"^.*\bSECURITY HEADERS\b.*$", re.MULTILINE)
_HEAD = re.compile(rb"<head>\s*(?:<meta charset=[^>]*>)?", re.IGNORECASE)
_ORIGIN = re.compile(r"https?://(?:\*\.)?[a-z\d-]+(?:\.[a-z\d-]+)*(?::\d{1,5})?", re.IGNORECASE)

# Cells need WebAssembly. Figures, downloads and Python's own files are blobs of the page.
# KaTeX and matplotlib's figures set style attributes.
DIRECTIVES: Mapping[str, tuple[str, ...]] = {
    "default-src": ("'none'",),
    "script-src": ("'self'", "'wasm-unsafe-eval'", "blob:"),
    "style-src-elem": ("'self'",),
    "style-src-attr": ("'unsafe-inline'",),
    "img-src": ("'self'", "blob:", "data:"),
    "font-src": ("'self'",),
    "connect-src": ("'self'", "blob:", "data:"),
    "worker-src": ("'self'",),
    "object-src": ("'none'",),
    "base-uri": ("'none'",),
    "form-action": ("'none'",),
}
# Who may show the site in a frame, by the settings that have a name; a <meta> cannot say it.
ANCESTORS: Mapping[object, str] = {None: "'self'", "none": "'none'", "any": "*"}

OTHERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), "
    "payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# An isolated page may frame only what says so itself. It names no origins: `frame-ancestors` does.
FRAMED = {"Cross-Origin-Resource-Policy": "cross-origin"}
# Together they isolate the site: no page of another origin shares its process, and it may embed
# only what agrees to that.
ISOLATION = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}


def policy(pages: Iterable[bytes]) -> dict[str, str]:
    """The content security policy of these pages: directive -> its sources.

    Scripts and styles that stand in a page are named by their hashes, those of all pages together,
    because the theme puts one page's content into another's document.
    """
    inline: dict[str, set[str]] = {"script": set(), "style": set()}
    for page in pages:
        for tag, attributes, content in _INLINE.findall(page):
            runs = b"src=" not in attributes and b"application/json" not in attributes
            if runs and content:
                inline[tag.decode()].add(f"'{integrity(content)}'")
    found = {name: " ".join(sources) for name, sources in DIRECTIVES.items()}
    found["script-src"] += "".join(f" {source}" for source in sorted(inline["script"]))
    found["style-src-elem"] += "".join(f" {source}" for source in sorted(inline["style"]))
    return found


def ancestors(embed: object) -> str:
    """Who may show the site in a frame, as `frame-ancestors` says it.

    Args:
        embed: `extra.embed` of mkdocs.yml: "none", "any", or a list of origins, which the site
            itself is added to; None, where it is not set, is the site itself.

    Raises:
        BuildError: it is anything else.
    """
    if isinstance(embed, list) and embed:
        for origin in embed:
            if not (isinstance(origin, str) and _ORIGIN.fullmatch(origin)):
                raise BuildError(
                    f"mkdocs.yml: extra.embed lists {origin!r}, which is no origin; write the "
                    "scheme and the host, and nothing after them: https://moodle.example.edu"
                )
        return " ".join(["'self'", *embed])
    if isinstance(embed, list | dict) or embed not in ANCESTORS:
        raise BuildError(
            f"mkdocs.yml: extra.embed is {embed!r}; write none, any, or a list of origins: "
            "[https://moodle.example.edu]"
        )
    return ANCESTORS[embed]


def headers(sources: Mapping[str, str], isolated: bool, embed: object = None) -> dict[str, str]:
    """Every header of every answer.

    Args:
        sources: what `policy` gave.
        isolated: whether pages are cross-origin isolated.
        embed: who may show the site in a frame, as `ancestors` takes it.

    Raises:
        BuildError: `embed` is none of what it may be.
    """
    framing = ancestors(embed)
    return {
        "Content-Security-Policy": _joined({**sources, "frame-ancestors": framing}),
        **OTHERS,
        **(FRAMED if framing not in (ANCESTORS[None], ANCESTORS["none"]) else {}),
        **(ISOLATION if isolated else {}),
    }


def with_policy(page: bytes, sources: Mapping[str, str]) -> bytes:
    """A page that carries the policy itself, before any script of its own."""
    meta = f'<meta http-equiv="Content-Security-Policy" content="{_joined(sources)}">'
    return _HEAD.sub(lambda match: match[0] + meta.encode(), page, count=1)


def host_files(templates: Path, wanted: Mapping[str, str]) -> dict[str, str]:
    """The files that hosts read, by name: their templates with the headers written in."""
    ways = {
        "_headers": "  {}: {}",
        ".htaccess": '  Header always set {} "{}"',
        "nginx-headers.conf": 'add_header {} "{}" always;',
    }
    found = {}
    for name, way in ways.items():
        lines = "\n".join(way.format(*header) for header in wanted.items())
        template = (templates / name).read_text("utf-8")
        before, after = _MARK.split(template)
        found[name] = before + lines + after
    return found


def integrity(content: bytes) -> str:
    """A content's SHA-256 as browsers take it."""
    return f"sha256-{base64.b64encode(hashlib.sha256(content).digest()).decode()}"


def _joined(sources: Mapping[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in sources.items())
