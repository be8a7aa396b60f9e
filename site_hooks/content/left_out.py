"""The pages that the lesson has; their links to those that a course leaves out become words."""

import posixpath
import re
from collections import Counter
from collections.abc import Collection
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

# The lesson's own pages. What is not here is a page of somebody's course, or a typing error.
LESSON = (
    "index.md",
    "losses/mse.md",
    "losses/binary-cross-entropy.md",
    "losses/categorical-cross-entropy.md",
    "losses/huber.md",
    "optimizers/sgd.md",
    "optimizers/momentum.md",
    "optimizers/rmsprop.md",
    "optimizers/adam.md",
    "optimizers/adamw.md",
    "learning-rate.md",
    "schedules.md",
    "choosing.md",
    "takeaway.md",
    "labs/optimizer-race.ipynb",
    "labs/microscope.md",
    "race.md",
    "beyond/backpropagation.md",
    "beyond/debugging.md",
    "beyond/likelihood.md",
    "beyond/quantiles.md",
    "beyond/noise.md",
    "beyond/clipping.md",
    "beyond/when-adam-fails.md",
    "beyond/newer-optimizers.md",
    "beyond/conditioning.md",
    "beyond/landscapes.md",
    "beyond/known-results.md",
    "glossary.md",
    "formulas.md",
    "progress.md",
    "help.md",
    "reference/index.md",
    "reference/losses.md",
    "reference/optimizers.md",
    "reference/schedules.md",
    "reference/models.md",
    "reference/surfaces.md",
    "reference/data.md",
    "reference/training.md",
    "reference/gradcheck.md",
    "reference/microscope.md",
    "reference/checks.md",
    "reference/plots.md",
    "reference/differences.md",
    "instructors/authoring.md",
    "instructors/course.md",
    "instructors/hosting.md",
    "instructors/embedding.md",
    "instructors/grading.md",
    "instructors/lms.md",
    "instructors/languages.md",
    "about/notices.md",
    "grade.md",
    "privacy.md",
)

# Of the processor below, and its place: before the builder's own for links, after all others.
NAME, PRIORITY = "left_out", 1

# A link of a page's notebook, in JSON: `[words](site:losses/mse/#x)`; an image keeps its `!`.
_TAKEN_HOME = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(site:([^)#\s]*)[^)]*\)")


class LeftOut(Extension):  # type: ignore[misc]  # Markdown has no types
    """Reads the links of one page after the other: `begin`, convert.

    Attributes:
        links: How many links led to each page that is left out.
    """

    def __init__(self) -> None:
        super().__init__()
        self.links: Counter[str] = Counter()
        self._out: frozenset[str] = frozenset()
        self._excluded: frozenset[str] = frozenset()
        self._of_page = self._out
        self._folder = ""

    def of_site(self, there: Collection[str], excluded: Collection[str] = ()) -> None:
        """Begin a site.

        Args:
            there: The files that it has, below docs/.
            excluded: Pages that are on the disk and are kept out of it.
        """
        self.links.clear()
        self._excluded = frozenset(excluded)
        self._out = (frozenset(LESSON) - frozenset(there)) | self._excluded

    @property
    def pages(self) -> frozenset[str]:
        """The pages that are left out."""
        return self._out

    def begin(self, page: str, *, is_lessons: bool) -> None:
        """Prepare for a page.

        Args:
            page: The page's file below docs/.
            is_lessons: Whether it is the lesson's. Of a page that is the course's own, a link to a
                page that is not there is the author's to mend, and the builder refuses it.
        """
        self._of_page = self._out if is_lessons else self._excluded
        self._folder = posixpath.dirname(page)

    def leads_out(self, link: str) -> bool:
        """Whether a link of this page leads to a page that is left out; counts it if so."""
        parts = urlsplit(link)
        if parts.scheme or parts.netloc or not parts.path:
            return False
        target = posixpath.normpath(posixpath.join(self._folder, unquote(parts.path)))
        if target not in self._of_page:
            return False
        self.links[target] += 1
        return True

    def taken_home(self, notebook: bytes) -> bytes:
        """A page's notebook, in which such links are words too."""
        gone = {re.sub(r"(^|/)index\.md$|\.\w+$", r"\1", page).rstrip("/") for page in self._out}

        def words(link: re.Match[str]) -> str:
            return link[1] if link[2].rstrip("/") in gone else link[0]

        return _TAKEN_HOME.sub(words, notebook.decode()).encode() if gone else notebook

    def extendMarkdown(self, md: Markdown) -> None:
        """Stand before what the builder makes of links."""
        md.treeprocessors.register(_Words(self), NAME, PRIORITY)


class _Words(Treeprocessor):  # type: ignore[misc]  # Markdown has no types
    """Takes the address from a link to a page that is left out."""

    def __init__(self, out: LeftOut) -> None:
        super().__init__()
        self._out = out

    def run(self, root: Element) -> Any:
        for link in root.iter("a"):
            if self._out.leads_out(link.get("href", "")):
                link.tag = "span"
                for name in ("href", "title"):
                    link.attrib.pop(name, None)
