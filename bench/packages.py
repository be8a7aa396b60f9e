"""How large a package for a learning system is: what is uploaded, and what it unpacks to."""

import tempfile
from pathlib import Path

from bench.site import SITE
from site_hooks.publish import package

TITLE = "Packages for learning systems"


def markdown() -> str:
    """Make one of each format, and return the table."""
    site = [path.stat().st_size for path in SITE.rglob("*") if path.is_file()]
    rows = [f"| the built site | | {sum(site) / 1e6:.1f} MB | {len(site)} |"]
    with tempfile.TemporaryDirectory() as folder:
        for way in package.FORMATS:
            _, files = package.package(SITE, way)
            path = Path(folder, f"{way}.zip")
            package.write(files, path)
            unpacked = sum(map(len, files.values()))
            sizes = f"{path.stat().st_size / 1e6:.1f} MB | {unpacked / 1e6:.1f} MB | {len(files)}"
            rows.append(f"| {way} | {sizes} |")
    words = (
        "Of the whole lesson, made by `site_hooks/publish/package.py`. The site also has "
        "compressed copies of its files, and packs without compression of their own."
    )
    head = "|  | zip | unpacked | files |\n| --- | ---: | ---: | ---: |"
    return "\n\n".join([words, "\n".join([head, *rows])])


if __name__ == "__main__":
    print(markdown())
