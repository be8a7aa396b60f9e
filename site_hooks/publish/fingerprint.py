"""Gives the assets of a built site names that change with their content; mends what names them.

So a name stands for one content for ever: browsers and hosts may keep such a file for good.
"""

import hashlib
import os
import re
from pathlib import Path

from site_hooks.errors import BuildError

# Names that have a hash already: Material's own, the packs, the figures that cells drew, the folder
# of the search's languages.
_HASHED = re.compile(r"\.[0-9a-f]{8,}[./]|/[0-9a-f]{16}\.")
# esbuild's hash of a chunk is from before the names in it were mended.
_CHUNK_HASH = re.compile(r"-[A-Z0-9]{8}$")

# How a file refers to others: what comes before the address, the address.
_REFERENCES = {
    ".html": re.compile(r'(\b(?:href|src)=")([^"#?:]+)'),
    ".css": re.compile(r"""(\burl\(["']?)([^"')#?:]+)"""),
    ".js": re.compile(r"""(["'`])([\w./-]+\.\w+)(?=\1)"""),
}


def rename(site: Path) -> None:
    """Renames every file below assets/ to NAME.HASH.SUFFIX, also where HTML, CSS and JS name it.

    Raises:
        BuildError: files refer to one another in a circle.
    """
    names = _Names(site)
    for path in sorted(names.old):
        names.new(path)
    for path in sorted(site.rglob("*.html")):
        path.write_bytes(names.mended(path))


class _Names:
    """The new name of every asset. Naming one renames it, after those that it refers to."""

    def __init__(self, site: Path) -> None:
        self.old = {
            path
            for path in (site / "assets").rglob("*")
            if path.is_file() and not _HASHED.search(path.relative_to(site).as_posix())
        }
        self._new: dict[Path, Path | None] = {}

    def new(self, path: Path) -> Path:
        if path not in self._new:
            self._new[path] = None
            content = self.mended(path)
            stem, dot, suffix = path.name.partition(".")
            digest = hashlib.sha256(content).hexdigest()[:12]
            named = path.with_name(f"{_CHUNK_HASH.sub('', stem)}.{digest}{dot}{suffix}")
            named.write_bytes(content)
            path.unlink()
            self._new[path] = named
        found = self._new[path]
        if found is None:
            raise BuildError(f"{path} refers to itself by way of the files that it refers to")
        return found

    def mended(self, path: Path) -> bytes:
        """A file's content with the new names in it."""
        content = path.read_bytes()
        references = _REFERENCES.get(path.suffix)
        if references is None:
            return content

        def mend(match: re.Match[str]) -> str:
            before, address = match.groups()
            target = Path(os.path.normpath(path.parent / address))
            if target not in self.old:
                return match[0]
            return before + address[: -len(target.name)] + self.new(target).name

        return references.sub(mend, content.decode("utf-8")).encode("utf-8")
