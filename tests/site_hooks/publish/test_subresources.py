"""Hashes in pages: each script and style sheet gets its own, and nothing else changes."""

import base64
import hashlib
from pathlib import Path

from site_hooks.publish.subresources import pin


def digest(content: bytes) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(content).digest()).decode()}"


def test_scripts_and_styles_carry_their_hashes(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "a.js").write_bytes(b"a()")
    (tmp_path / "assets" / "b.css").write_bytes(b"b {}")
    page = (
        '<script src="../assets/a.js" type="module"></script>'
        '<link rel="stylesheet" href="../assets/b.css"/><link rel="icon" href="../assets/b.css">'
        '<script src="https://example.org/c.js"></script><script>d()</script>'
    )
    pinned = pin(page, tmp_path / "losses" / "index.html")
    assert pinned == page.replace(
        'a.js" type="module">', f'a.js" type="module" integrity="{digest(b"a()")}">'
    ).replace(
        'rel="stylesheet" href="../assets/b.css"/>',
        f'rel="stylesheet" href="../assets/b.css" integrity="{digest(b"b {}")}">',
    )
    assert pin(pinned, tmp_path / "losses" / "index.html") == pinned
