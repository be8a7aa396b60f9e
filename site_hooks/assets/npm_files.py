"""Files of npm packages that pages need: the typefaces, and KaTeX's style sheet with its fonts."""

import re
from pathlib import Path

from site_hooks.paths import NODE_MODULES

# The faces that theme/assets/stylesheets/fonts.css names.
FONTS = {
    "@fontsource-variable/source-sans-3": (
        "source-sans-3-latin-wght-normal",
        "source-sans-3-latin-wght-italic",
        "source-sans-3-greek-wght-normal",
    ),
    "@fontsource/source-serif-4": ("source-serif-4-latin-600-normal",),
    "@fontsource-variable/source-code-pro": (
        "source-code-pro-latin-wght-normal",
        "source-code-pro-greek-wght-normal",
    ),
}

_OLDER_FORMATS = re.compile(r',url\([^)]+\.(?:woff|ttf)\) format\("(?:woff|truetype)"\)')


def assets() -> dict[str, bytes | Path]:
    """Destination in the site -> its content, or the file to copy."""
    found: dict[str, bytes | Path] = {
        f"assets/fonts/{name}.woff2": NODE_MODULES / package / "files" / f"{name}.woff2"
        for package, names in FONTS.items()
        for name in names
    }
    katex = NODE_MODULES / "katex" / "dist"
    css = (katex / "katex.min.css").read_text(encoding="utf-8")
    found["assets/katex/katex.css"] = _OLDER_FORMATS.sub("", css).encode()
    for font in sorted((katex / "fonts").glob("*.woff2")):
        found[f"assets/katex/fonts/{font.name}"] = font
    return found
