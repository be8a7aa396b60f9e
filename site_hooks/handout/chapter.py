"""A page's content -> a chapter: what can be read, answered and looked up on paper."""

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from bs4 import BeautifulSoup, Tag
from bs4.element import PageElement

from site_hooks.content.quizzes import OTHER
from site_hooks.words import ENGLISH, Words

# What only a screen has, and what is drawn for a dark one.
_SCREEN = (
    ".headerlink, .picture-code, page-tools, site-storage, offline-use, lesson-progress, "
    "script, button, .on-dark, picture > source, .offline"
)
_HEADINGS = ("h2", "h3", "h4", "h5")
# Attributes that name other elements of the page.
_NAMING = ("for", "aria-labelledby", "aria-describedby")
_URL = re.compile(r"url\(#([^)]+)\)")
# Rows for an answer: some more than the solution has, and no half of a page.
_SPARE = 2
_LEAST, _MOST = 4, 12


class Addresses:
    """The addresses that links lead to, numbered in the order in which they are met."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, address: str) -> int:
        """The number of an address, the same for the same one."""
        return self._numbers.setdefault(address, len(self._numbers) + 1)

    def all(self) -> list[str]:
        """Every address, in the order of the numbers."""
        return list(self._numbers)


@dataclass
class Chapter:
    """A page of the lesson on paper; ids in it begin with its own."""

    id: str
    number: int
    title: str
    body: str = ""
    sections: list[tuple[str, str]] = field(default_factory=list)
    """Id and title of each."""
    hints: list[str] = field(default_factory=list)
    """HTML, each with the number of its exercise."""
    answers: list[str] = field(default_factory=list)
    """The same of solutions and of the answers of questions."""


@dataclass(frozen=True)
class Links:
    """Where links lead on paper."""

    chapters: Mapping[str, str]
    """`folder_of` each page that is printed -> its chapter's id."""
    address: str
    """Of the site, with a slash at its end; "" if it is not known."""
    addresses: Addresses


def chapter(
    html: str,
    url: str,
    title: str,
    number: int,
    links: Links,
    *,
    only_exercises: bool = False,
    said: Words = ENGLISH,
) -> Chapter:
    """Make a page's content readable on paper.

    Args:
        html: The content, as the build has put it into the page.
        url: The page's address below the site's root, from which its links start.
        title: The page's title; one in the content is left out.
        number: The chapter's, with which its exercises are numbered.
        links: Where links lead.
        only_exercises: Leave out what is neither an exercise, a question, nor the text before one.
        said: The interface's words.
    """
    made = Chapter(links.chapters[folder_of(url)], number, title)
    soup = BeautifulSoup(html, "html.parser")
    for gone in soup.select(f"h1, {_SCREEN}"):
        if not gone.decomposed:
            gone.decompose()
    for picture in soup.select("picture"):
        picture.unwrap()
    _refer(soup, url, made.id, links)
    _Practice(soup, made, said["paper"]).replace()
    _unfold(soup)
    if only_exercises:
        _keep_exercises(soup)
    first = soup.find(True)
    if isinstance(first, Tag) and first.name == "h2" and _text(first) == title:
        first.decompose()  # as on the front page
    made.sections = [(str(h.get("id", "")), _text(h)) for h in soup.select("h2") if h.get("id")]
    _lower_headings(soup)
    made.body = soup.decode(formatter="minimal").strip()
    return made


def _refer(soup: BeautifulSoup, url: str, prefix: str, links: Links) -> None:
    """Ids that are one chapter's alone; links and pictures found from the site's root."""
    for tag in soup.find_all(True):
        if tag.get("id"):
            tag["id"] = f"{prefix}-{tag['id']}"
        for name, value in list(tag.attrs.items()):
            if not isinstance(value, str):
                continue
            if name in _NAMING:
                tag[name] = " ".join(f"{prefix}-{part}" for part in value.split())
            elif "url(#" in value:
                tag[name] = _URL.sub(rf"url(#{prefix}-\1)", value)
    for image in soup.select("img[src]"):
        image["src"] = _from_root(url, str(image["src"]))
        del image["loading"]  # what is not near would not be printed
    for link in soup.select("a"):
        _refer_link(soup, link, url, prefix, links)


def _refer_link(soup: BeautifulSoup, link: Tag, url: str, prefix: str, links: Links) -> None:
    href = str(link.get("href", ""))
    path, _, anchor = href.partition("#")
    if not href:
        return
    if not path:
        link["href"] = f"#{prefix}-{anchor}"
        return
    address = href
    if not re.match(r"[a-z][a-z+.-]*:", href):
        place = _from_root(url, path)
        other = links.chapters.get(folder_of(place))
        if other:
            link["href"] = f"#{other}-{anchor}" if anchor else f"#{other}"
            return
        if not links.address:
            link.unwrap()
            return
        address = f"{links.address}{place}" + (f"#{anchor}" if anchor else "")
        link["href"] = address
    if _text(link) == address.removeprefix("mailto:"):
        return
    mark = soup.new_tag("sup", attrs={"class": "address-mark"})
    mark.string = str(links.addresses.number(address))
    link.insert_after(mark)


class _Practice:
    """Cells, exercises, questions and guesses, in the order of the page."""

    def __init__(self, soup: BeautifulSoup, made: Chapter, said: Mapping[str, str]) -> None:
        self._soup = soup
        self._made = made
        self._said = said
        self._count = 0

    def replace(self) -> None:
        makers: dict[str, Callable[[Tag], str]] = {
            "py-cell": self._cell,
            "lesson-quiz": self._question,
            "cell-guess": self._guess,
        }
        for found in self._soup.select(", ".join(makers)):
            html = makers[found.name](found)
            holder = found.parent if found.parent and found.parent.name == "div" else found
            holder.replace_with(BeautifulSoup(html, "html.parser"))
        for seen in self._soup.select("details.answer"):
            _remove(seen, "summary")
            seen.name = "div"
            seen.attrs = {"class": "seen", "data-words": f"{self._said['shows']} "}

    def _next(self) -> str:
        self._count += 1
        return f"{self._made.number}.{self._count}"

    def _cell(self, cell: Tag) -> str:
        if cell.has_attr("exercise"):
            return self._exercise(cell)
        labels = [_text(label) for label in cell.select(".cell-form .cell-label")]
        code = "" if cell.has_attr("live") else _code(cell)
        title = _title(str(cell.get("title", "")))
        output = cell.select_one(".built-output")
        shown = output.decode_contents().strip() if output else ""
        shown = f'<div class="output">{shown}</div>' if shown else ""
        note = (
            f'<p class="note">{self._said["drawn"].format(labels=_joined(labels, self._said))}</p>'
            if labels
            else ""
        )
        name = _attribute("id", cell.get("id"))
        return f'<div class="cell"{name}>{title}{code}{shown}{note}</div>'

    def _exercise(self, cell: Tag) -> str:
        number = self._next()
        holder = cell.parent or cell
        for hint in holder.select("details[data-kind=hint]"):
            _remove(hint, "summary")
            self._made.hints.append(_numbered(number, hint.decode_contents()))
        rows = len(_text(cell.select_one("pre")).splitlines())
        for solution in holder.select("details[data-kind=solution]"):
            rows = len(_text(solution.select_one("pre")).splitlines())
            self._made.answers.append(_numbered(number, _code(solution)))
        rows = min(max(rows + _SPARE, _LEAST), _MOST)
        title = re.sub(r"^Exercise:\s*", "", str(cell.get("title", "")))
        head = _title(title[:1].upper() + title[1:], self._said["exercise"].format(number=number))
        name = _attribute("id", cell.get("id"))
        room = f'<div class="room" style="--rows: {rows}"></div>'
        return f'<div class="cell exercise"{name}>{head}{_code(cell)}{room}</div>'

    def _question(self, quiz: Tag) -> str:
        number = self._next()
        kind = str(quiz.get("kind", "one"))
        options = quiz.select("li[data-right]")
        self._made.answers.append(_numbered(number, _answers(kind, options, self._said)))
        name = _attribute("id", quiz.get("id"))
        head = _title("", self._said["question"].format(number=number))
        return f'<div class="question"{name}>{head}{_asked(quiz, kind, options, self._said)}</div>'

    def _guess(self, guess: Tag) -> str:
        kind = str(guess.get("kind", "choice"))
        asked = _asked(guess, kind, guess.select("li[data-right]"), self._said)
        return f'<div class="guess">{_title("", self._said["guess"])}{asked}</div>'


def _asked(quiz: Tag, kind: str, options: Sequence[Tag], said: Mapping[str, str]) -> str:
    """A question, and its options as something to mark, to number or to write on."""
    question = _inner(quiz, "[data-kind=question]")
    if kind == "number":
        return f'{question}<p class="blank">= </p>'
    told = f'<p class="note">{said[kind]}</p>' if kind in ("several", "order") else ""
    listed = "".join(f"<li>{_inner(option, '[data-kind=option]')}</li>" for option in options)
    return f'{question}{told}<ol class="options">{listed}</ol>'


def _answers(kind: str, options: Sequence[Tag], said: Mapping[str, str]) -> str:
    """What is right, and what is said of each option."""
    letters = [f"{chr(ord('a') + place)})" for place in range(len(options))]
    if kind == "order":
        order = sorted(zip(options, letters, strict=True), key=lambda one: int(_right(one[0])))
        listed = ", ".join(letter for _, letter in order)
        return f"<p>{said['inOrder'].format(letters=listed)}</p>"
    lines = []
    for option, letter in zip(options, letters, strict=True):
        name = letter
        if kind == "number":
            words = _inner(option, "[data-kind=option]")
            name = words if option.get("data-value") == OTHER else f"= {words}"
        is_right = _right(option) == "true"
        mark = f'<strong class="right">{said["right"]}</strong> ' if is_right else ""
        why = _inner(option, "[data-kind=explanation]")
        lines.append(f'<div class="option-answer"><p>{name} {mark}</p><div>{why}</div></div>')
    return "".join(lines)


def _right(option: Tag) -> str:
    return str(option.get("data-right", ""))


def _numbered(number: str, html: str) -> str:
    return f'<div class="numbered"><p class="number">{number}</p><div>{html}</div></div>'


def _title(title: str, kind: str = "") -> str:
    parts = [f"<strong>{kind}</strong>" if kind else "", escape(title)]
    words = " ".join(filter(None, parts))
    return f'<p class="cell-title">{words}</p>' if words else ""


def _code(holder: Tag) -> str:
    block = holder.select_one("pre.highlight")
    return block.decode(formatter="minimal") if block else ""


def _unfold(soup: BeautifulSoup) -> None:
    """What is folded lies open; of tabs each shows its name."""
    for details in soup.select("details"):
        summary = details.find("summary", recursive=False)
        if isinstance(summary, Tag):
            summary.name = "p"
            summary["class"] = "admonition-title"
        details.name = "div"
        details["class"] = "admonition"
    for tabs in soup.select(".tabbed-set"):
        labels = [_text(label) for label in tabs.select(":scope > .tabbed-labels > label")]
        blocks = tabs.select(":scope > .tabbed-content > .tabbed-block")
        for gone in tabs.select(":scope > input, :scope > .tabbed-labels"):
            gone.decompose()
        for label, block in zip(labels, blocks, strict=False):
            name = soup.new_tag("p", attrs={"class": "tab-name"})
            name.string = label
            block.insert(0, name)


def _keep_exercises(soup: BeautifulSoup) -> None:
    """Of what stands between two cells, keep the text that leads to an exercise or a question."""
    heading: Tag | None = None
    before: list[PageElement] = []
    kept: list[PageElement] = []
    for node in list(soup.contents):
        if isinstance(node, Tag) and node.name in _HEADINGS:
            heading, before = node, []
        elif isinstance(node, Tag) and _is_asked(node):
            kept += [heading] if heading else []
            kept += [*before, node]
            heading, before = None, []
        elif isinstance(node, Tag) and _ends_text(node):
            before = []
        else:
            before.append(node)
    for node in list(soup.contents):
        node.extract()
    soup.extend(kept)


def _is_asked(node: Tag) -> bool:
    classes = {"exercise", "question"}
    return any(classes & set(tag.get_attribute_list("class")) for tag in [node, *node.find_all()])


def _ends_text(node: Tag) -> bool:
    return bool({"cell", "seen", "guess", "picture"} & set(node.get_attribute_list("class")))


def _lower_headings(soup: BeautifulSoup) -> None:
    """A chapter's title is an h2."""
    for level in range(5, 1, -1):
        for heading in soup.select(f"h{level}"):
            heading.name = f"h{level + 1}"


def _from_root(url: str, path: str) -> str:
    """A relative address of a page, from the site's root."""
    joined = posixpath.normpath(posixpath.join(url, path))
    if joined == ".":
        return ""
    return f"{joined}/" if path.endswith(("/", "..", ".")) else joined


def folder_of(url: str) -> str:
    """A page's address below the site's root, in the one form that `Links` knows.

    Examples:
        >>> folder_of("losses/mse/"), folder_of("./")
        ('losses/mse', '')
    """
    folder = posixpath.normpath(url.removesuffix("index.html"))
    return "" if folder == "." else folder


def _remove(holder: Tag, name: str) -> None:
    found = holder.find(name, recursive=False)
    if isinstance(found, Tag):
        found.decompose()


def _inner(holder: Tag, selector: str) -> str:
    found = holder.select_one(selector)
    return found.decode_contents(formatter="minimal") if found else ""


def _text(tag: Tag | None) -> str:
    """Its words, a formula's once."""
    if tag is None:
        return ""
    hidden = {id(part) for part in tag.select(".katex-mathml")}
    strings = (
        s
        for s in tag.strings
        if not any(id(parent) in hidden for parent in s.parents if parent is not None)
    )
    return "".join(strings).strip()


def _attribute(name: str, value: object) -> str:
    return f' {name}="{escape(str(value))}"' if value else ""


def _joined(words: Sequence[str], said: Mapping[str, str]) -> str:
    """As in: a, b and c."""
    escaped = [escape(word) for word in words]
    head, last = ", ".join(escaped[:-1]), escaped[-1]
    return said["and"].format(first=head, last=last) if head else last
