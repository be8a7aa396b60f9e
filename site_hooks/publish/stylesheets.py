"""Style sheets without what is for those who read their source: comments and indentation."""

import re
from pathlib import Path

# A text in quotes stays as it is, and so does a licence, which begins with an exclamation mark.
_PARTS = re.compile(r"""("[^"\n]*"|'[^'\n]*')|/\*(?!!).*?\*/|\n\s+""", re.DOTALL)


def strip(site: Path) -> None:
    """Rewrites the style sheets below assets/ that nobody has made small before."""
    for path in (site / "assets").rglob("*.css"):
        if ".min." not in path.name:
            path.write_text(stripped(path.read_text("utf-8")), "utf-8")


def stripped(css: str) -> str:
    """The same rules."""
    bare = _PARTS.sub(lambda part: part[1] or ("\n" if part[0][0] == "\n" else ""), css)
    return re.sub(r"\n+", "\n", bare).lstrip()
