"""Fences of a page -> cells, each found at its place in the conversion that makes the page.

Every fence that has a kind leaves a mark in the page's HTML. When the cells of all pages have run,
`fill` puts each cell's HTML in the place of its mark.
"""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension

from site_hooks import words
from site_hooks.content import quizzes, render_quiz
from site_hooks.content.cells import KINDS_OF, SETTINGS, Cell, Kind, Language, validate
from site_hooks.content.prose import Prose
from site_hooks.errors import BuildError, check_each

_SUPERFENCES = "pymdownx.superfences"
# What an ordinary fence may say: SuperFences' own keys.
_ORDINARY = {"title", "title_mode", "hl_lines", "linenums"}
# A line that opens a fence, or would if no marker of a list stood before it. After backticks no
# more of them may follow: that is code within a line.
_OPENING = re.compile(r"[\s>]*(?:(?:[-*+:]|\d+\.)\s+)?(?:`{3,}[^`]*|~{3,}.*)")
_SNIPPET = re.compile(r"-+8<-+\s+[\"'](?P<name>[^\"':]+)")
_MARK = re.compile(r'<div data-fence="(\d+)"></div>')
# Other names of a language.
_SHORT: dict[Language, tuple[str, ...]] = {
    "python": ("py", "python3", "py3"),
    "markdown": ("md",),
}
# A key that makes a cell of a fence; values may hold anything.
_KEY = re.compile(rf"[\s{{]({'|'.join(kind for kinds in KINDS_OF.values() for kind in kinds)})=")
_VALUE = re.compile(r'"[^"]*"')
_LANGUAGE = re.compile(r"[\s>]*(?:`{3,}|~{3,})[\s{.]*([\w+#-]*)(?![\w=])")
_NAMES = {*KINDS_OF, *(name for names in _SHORT.values() for name in names)}
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)

_UNREAD = (
    "this fence is not read as one; write each key with its value in double quotes, such as "
    '```python run="name", on a line of its own, and close it with as many backticks'
)
_HIDDEN = (
    "is not on the page: it stands in a comment, or so far to the right that it is text; "
    "delete or outdent it, or show it inside a fence of four backticks"
)


class Fences(Extension):  # type: ignore[misc]  # Markdown has no types
    """Takes the fences of one page after the other: `begin`, convert, `end`.

    Nothing is refused while SuperFences works, as it swallows errors and leaves the fence as
    inline code: they are kept, and `end` raises them together.
    """

    def __init__(self) -> None:
        super().__init__()
        self.said = words.ENGLISH
        self.begin("", "", "")

    def added_to(self, extensions: Sequence[Any], settings: dict[str, Any]) -> list[Any]:
        """The builder's own list of extensions with this one added.

        Args:
            extensions: The list, left as it is.
            settings: The extensions' settings. They are changed in place: mkdocstrings keeps them,
                so that a docstring's cell comes here too, and is refused by name.
        """
        fences = settings.setdefault(_SUPERFENCES, {}).setdefault("custom_fences", [])
        for language in KINDS_OF:
            check = _is_quiz if language == "quiz" else _is_ours
            fences += [
                {"name": name, "class": language, "validator": check, "format": self._take}
                for name in (language, *_SHORT.get(language, ()))
            ]
        self._prose = Prose(extensions, settings, self._watch_prose)
        return [*extensions, self]

    def begin(self, text: str, page: str, path: str) -> None:
        """Prepare for a page.

        Args:
            text: The page's file, whole.
            page: The page's path without suffix, such as "losses/huber".
            path: The file that errors name.
        """
        self._page, self._path = page, path
        self._file = [line.rstrip() for line in text.expandtabs(4).splitlines()]
        self._lines: list[str] = []  # as SuperFences sees them: snippets are in their places
        self._matches: Sequence[tuple[str, int, int, int, int]] = []  # of the file and these
        self._read: list[range] = []  # the lines of every fence that it has read
        self._start = 0
        self._inner = 0  # the line of a fence within the prose that is converted
        self._converter: Any = None  # what converts the page
        self._spans: list[range] = []  # the lines of each cell
        self._cells: list[Cell] = []
        self._refused: list[tuple[int, str]] = []

    def end(self, html: str) -> list[Cell]:
        """The cells of the page that was converted, in its order: the n-th belongs to mark n.

        Args:
            html: What the page was converted to.

        Raises:
            BuildError: A fence is malformed, was not read, or is not on the page.
        """
        read = {index for lines in self._read for index in lines}
        for index, line in enumerate(self._lines):
            if index not in read and _OPENING.fullmatch(line):
                self._refused.append((index, _wrong_language(line) or _UNREAD))
                break  # one that is not closed makes all below it look like this
        check_each(sorted(self._refused), self._refuse)
        page = "".join([html, *(cell.html for cell in self._cells)])
        shown = {int(number) for number in _MARK.findall(_COMMENT.sub("", page))}
        hidden = [cell for number, cell in enumerate(self._cells) if number not in shown]
        check_each(hidden, _refuse_hidden)
        self._cells = validate(self._cells)
        return self._cells

    def of_notebook(self, cell: Cell) -> str:
        """The HTML of a notebook's prose, which is no fence and has no page that is converted.

        Raises:
            BuildError: It is a quiz or a guess that cannot be asked, or holds a cell.
        """
        self.begin("", cell.page, cell.path)
        html = self._html(cell.kind, cell.id, cell.source)
        if self._refused:
            raise BuildError(f"{cell.where}: {self._refused[0][1]}")
        if self._cells:
            raise BuildError(
                f"{cell.where}: a figure cannot stand in a notebook's {cell.kind}; show an image"
            )
        return html

    def parts(self) -> list[str | Cell]:
        """The page that was converted, in its order: its Markdown, and between it its cells."""
        parts: list[str | Cell] = []
        done = 0
        for cell, lines in zip(self._cells, self._spans, strict=True):
            parts += ["\n".join(self._lines[done : lines.start]), cell]
            done = lines.stop
        return [*parts, "\n".join(self._lines[done:])]

    def extendMarkdown(self, md: Markdown) -> None:
        """Stand before SuperFences, which an extension before this one brought, and watch it."""
        self._converter = md
        fences = md.preprocessors["fenced_code_block"]
        process = fences.process_nested_block

        # SuperFences 13.1 tells a formatter nothing of the fence's place; this method knows it.
        # It can go when a formatter's arguments hold the line.
        def process_at(ws: str, content: str, start: int, end: int) -> None:
            self._start = start
            known, refused = len(self._cells), len(self._refused)
            process(ws, content, start, end)
            if (known, refused) == (len(self._cells), len(self._refused)):
                self._look_for_keys(start)
            self._spans += [range(start, end)] * (len(self._cells) - known)
            self._read.append(range(start, end))

        fences.process_nested_block = process_at
        md.preprocessors.register(_Look(self._lines), "lines_of_fences", 25.1)

    def _look_for_keys(self, start: int) -> None:
        """Refuse an ordinary fence that says what only a cell can say."""
        if why := _wrong_language(self._lines[start]):
            self._refused.append((start, why))

    def _refuse(self, refused: tuple[int, str]) -> None:
        path, line = self._place(refused[0])
        raise BuildError(f"{path}:{line}: {refused[1]}")

    def _watch_prose(self, md: Markdown) -> None:
        """Note where within a piece of prose a fence stands."""
        fences = md.preprocessors["fenced_code_block"]
        process = fences.process_nested_block

        def process_at(ws: str, content: str, start: int, end: int) -> None:
            self._inner = start
            process(ws, content, start, end)

        fences.process_nested_block = process_at

    def _take(
        self, source: str, _name: str, language: Language, options: Any, md: Any, **_: Any
    ) -> str:
        """SuperFences' formatter: keep the cell, leave a mark."""
        settings = dict(options)
        is_inside = self._prose.owns(md)
        if md is not self._converter and not is_inside:
            why = f"a docstring shown here has a fence with {', '.join(settings)}"
            self._refused.append((0, f"{why}; cells stand in pages only"))
            return ""
        start = self._start + (self._inner if is_inside else 0)
        if language == "quiz" and "id" in settings:
            settings["quiz"] = settings.pop("id")
        kinds = KINDS_OF[language]
        kind = next((kind for kind in kinds if kind in settings), None)
        if is_inside and kind != "figure":
            self._refused.append((start, "only a figure can stand in prose; move it out of here"))
            return ""
        if kind is None:
            known = ("id",) if language == "quiz" else (*kinds, *SETTINGS)
            unknown = next((key for key in settings if key not in known), None)
            why = (
                f"unknown key {unknown}; known: {', '.join(known)}"
                if unknown
                else 'a quiz has a name; write ```quiz id="name"'
                if language == "quiz"
                else f"{', '.join(settings)} belongs to a cell; add one of {', '.join(kinds)}"
            )
            self._refused.append((start, why))
            return ""
        path, line = self._place(start)
        cell_id = settings.pop(kind)
        html = "" if language == "python" else self._html(kind, cell_id, source)
        self._cells.append(
            Cell(cell_id, kind, source, self._page, path, line, settings, language, html)
        )
        return mark(len(self._cells) - 1)

    def _html(self, kind: Kind, cell_id: str, source: str) -> str:
        """What stands in the place of a fence of prose; of a hint, what is in it."""
        outer = self._start

        def convert(text: str, line: int) -> str:
            # Fences inside count from the line before their text's first.
            self._start = outer + line
            html = self._prose.convert(text, self._converter)
            self._start = outer
            return html

        try:
            if kind == "quiz":
                return render_quiz.quiz(
                    quizzes.parse(source), cell_id, self._page, convert, self.said
                )
            if kind == "guess":
                return render_quiz.guess(quizzes.parse_guess(source), cell_id, self._page, convert)
        except quizzes.QuizError as error:
            self._refused.append((outer + error.line, f"{kind} “{cell_id}”: {error}"))
            return ""
        html = convert(source, 1)
        return render_quiz.answer(cell_id, html, self.said) if kind == "answer" else html

    def _place(self, index: int) -> tuple[str, int]:
        """File and line of a line that SuperFences saw: the page's own, or a snippet's."""
        if not self._matches:
            matcher = SequenceMatcher(None, self._file, self._lines, autojunk=False)
            self._matches = matcher.get_opcodes()
        for tag, first, last, start, end in self._matches:
            if not start <= index < end:
                continue
            if tag == "equal":
                return self._path, first + index - start + 1
            for name in _SNIPPET.findall("\n".join(self._file[first:last])):
                path = self._converter.preprocessors["snippet"].get_snippet_path(name)
                lines = Path(path).read_text("utf-8").splitlines() if path else []
                for number, line in enumerate(lines, start=1):
                    if line.strip() == self._lines[index].strip():
                        return str(path), number
            return self._path, first + 1
        return self._path, 1


class _Look:
    """A preprocessor that changes nothing: it keeps the lines that come by."""

    def __init__(self, kept: list[str]) -> None:
        self._kept = kept

    def run(self, lines: list[str]) -> list[str]:
        self._kept[:] = lines
        return lines


def mark(number: int) -> str:
    """Where the n-th cell of a page shall stand; a block, or Markdown would wrap it in `<p>`."""
    return f'<div data-fence="{number}"></div>'


def fill(html: str, cells: Sequence[str]) -> str:
    """A page's HTML with its cells' HTML in the places of their marks; those of quizzes too."""
    while _MARK.search(html):
        html = _MARK.sub(lambda found: cells[int(found[1])], html)
    return html


def _refuse_hidden(cell: Cell) -> None:
    raise BuildError(f'{cell.where}: the fence {cell.kind}="{cell.id}" {_HIDDEN}')


def _wrong_language(line: str) -> str:
    """What is wrong with a line that opens a fence of another language with a key of cells."""
    found = _KEY.search(_VALUE.sub('""', line))
    named = _LANGUAGE.match(line)
    if not found or not named or named[1] in _NAMES:
        return ""
    language = next(language for language, kinds in KINDS_OF.items() if found[1] in kinds)
    why = f"{found[1]} is a key of {language} fences, and this one is of"
    return f'{why} {named[1] or "no language"}; write ```{language} {found[1]}="name"'


def _is_ours(
    _language: str, inputs: dict[str, str], options: dict[str, Any], _attrs: Any, _md: Any
) -> bool:
    """SuperFences' validator: takes every fence that says more than an ordinary one."""
    options.update(inputs)
    return not set(inputs) <= _ORDINARY


def _is_quiz(*given: Any) -> bool:
    """SuperFences' validator: takes every quiz, also one that says nothing."""
    _is_ours(*given)
    return True
