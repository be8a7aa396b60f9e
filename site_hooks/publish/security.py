"""The site's security headers: one policy, made from the pages as they were built, for every host.

What no header can carry to a browser, because a host sets none, stands in each page as a <meta>.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

_INLINE = re.compile(rb"<(script|style)((?:\s[^>]*)?)>(.*?)</\1>", re.DOTALL)
_MARK = re.compile(r"^.*\bSECURITY HEADERS\b.*$", re.MULTILINE)
_HEAD = re.compile(rb"<head>\s*(?:<meta charset=[^>]*>)?", re.IGNORECASE)

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
    "frame-ancestors": ("'self'",),
}
# A <meta> cannot say these.
HEADER_ONLY = ("frame-ancestors",)

OTHERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), "
    "payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}
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


def headers(sources: Mapping[str, str], isolated: bool) -> dict[str, str]:
    """Every header of every answer.

    Args:
        sources: what `policy` gave.
        isolated: whether pages are cross-origin isolated.
    """
    return {
        "Content-Security-Policy": _joined(sources),
        **OTHERS,
        **(ISOLATION if isolated else {}),
    }


def with_policy(page: bytes, sources: Mapping[str, str]) -> bytes:
    """A page that carries the policy itself, before any script of its own."""
    own = {name: value for name, value in sources.items() if name not in HEADER_ONLY}
    meta = f'<meta http-equiv="Content-Security-Policy" content="{_joined(own)}">'
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
