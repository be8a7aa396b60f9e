"""A page of a built site -> PDF, by Chromium: twice, as its page numbers are known only then."""

import mimetypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote, urlsplit

from site_hooks.errors import BuildError
from site_hooks.handout import pdf

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

Paper = Literal["a4", "letter"]

# Millimetres: the sheet's width, and the margins at its sides, which handout.css relies on.
WIDTH: dict[Paper, float] = {"a4": 210, "letter": 215.9}
SIDE, TOP, BOTTOM = 18, 16, 17
MILLIMETRE = 96 / 25.4  # in CSS pixels

# No such host is asked: every request is answered from the folder, or not at all.
_ORIGIN = "http://handout.invalid/"
_INSTALL = (
    "install Chrome or Chromium, or set CHROMIUM to the path of one, "
    "or run: python -m playwright install chromium"
)

# What is wider than the paper is made smaller. What still is cannot be helped, and is told.
_FIT = """() => {
  const room = document.body.clientWidth;
  for (const formula of document.querySelectorAll(".katex-display")) {
    const wide = formula.querySelector(".katex-html")?.scrollWidth ?? 0;
    if (wide > formula.clientWidth) formula.style.fontSize = `${formula.clientWidth / wide}em`;
  }
  for (const table of document.querySelectorAll("table")) {
    const wide = table.getBoundingClientRect().width;
    const own = table.parentElement.clientWidth;
    if (wide > own + 1) table.style.zoom = own / wide;
  }
  const isHidden = (part) => part.closest(".katex-mathml, .katex-svg, svg");
  const outside = [...document.querySelectorAll("body *")].filter(
    (part) => part.getBoundingClientRect().right > room + 2 && !isHidden(part),
  );
  return [...new Set(outside.map((part) => part.closest("[data-title]")?.dataset.title ?? ""))];
}"""
_NUMBER = """(pages) => {
  for (const place of document.querySelectorAll("[data-of]"))
    place.textContent = pages[place.dataset.of] ?? "";
}"""


@contextmanager
def chromium() -> Iterator["Browser"]:
    """A browser that prints: that of CHROMIUM, else Playwright's own.

    Raises:
        BuildError: There is none, or no Playwright.
    """
    try:
        from playwright.sync_api import Error, sync_playwright
    except ModuleNotFoundError as error:
        raise BuildError(
            "the handout is printed by Playwright, which is not here: pip install playwright"
        ) from error
    path = os.environ.get("CHROMIUM") or None
    if path and not Path(path).is_file():
        raise BuildError(f"CHROMIUM is {path}, and there is no such file; {_INSTALL}")
    # Chromium's sandbox refuses the superuser. It opens nothing but this project's own pages.
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path=path, args=["--no-sandbox"] if as_root else []
            )
        except Error as error:
            if path is None and "Executable doesn't exist" in error.message:
                raise BuildError(f"no Chromium was found to print with; {_INSTALL}") from error
            first = error.message.strip().splitlines()[0]
            raise BuildError(f"Chromium does not start: {first}; {_INSTALL}") from error
        try:
            yield browser
        finally:
            browser.close()


def printed(
    browser: "Browser", html: str, folder: Path, title: str, paper: Paper
) -> tuple[bytes, list[str]]:
    """A document as PDF, with the numbers of its pages in its contents.

    Args:
        browser: What prints.
        html: The document, which lies at the root of the folder.
        folder: The built site that it takes styles, letters and pictures from.
        title: What stands at the foot of every page.
        paper: Its size.

    Returns:
        The PDF, and the titles of chapters in which something is wider than the paper.
    """
    width = round((WIDTH[paper] - 2 * SIDE) * MILLIMETRE)
    page = browser.new_page(viewport={"width": width, "height": 1000}, java_script_enabled=True)
    try:
        page.emulate_media(media="print", color_scheme="light")
        page.route("**/*", lambda route: _answer(route, html, folder))
        page.goto(_ORIGIN, wait_until="load")
        page.evaluate("document.fonts.ready.then(() => null)")
        outside: list[str] = page.evaluate(_FIT)
        numbers = pdf.pages_of_names(_pdf(page, title, paper))
        page.evaluate(_NUMBER, numbers)
        return _pdf(page, title, paper), outside
    finally:
        page.close()


def _pdf(page: "Page", title: str, paper: Paper) -> bytes:
    foot = (
        f'<div style="display:flex;justify-content:space-between;width:100%;padding:0 {SIDE}mm;'
        f'font:8px sans-serif;color:#535b6b"><span>{escape(title)}</span>'
        '<span><span class="pageNumber"></span> of <span class="totalPages"></span></span></div>'
    )
    return page.pdf(
        format=paper,
        print_background=True,
        display_header_footer=True,
        header_template="<span></span>",
        footer_template=foot,
        margin={
            "left": f"{SIDE}mm", "right": f"{SIDE}mm", "top": f"{TOP}mm", "bottom": f"{BOTTOM}mm"
        },
        tagged=True,
        outline=True,
    )  # fmt: skip


def _answer(route: "Route", html: str, folder: Path) -> None:
    """What lies in the folder; nothing of any other place."""
    address = urlsplit(route.request.url)
    if not route.request.url.startswith(_ORIGIN):
        route.abort()
        return
    name = unquote(address.path).lstrip("/")
    if not name:
        route.fulfill(body=html, content_type="text/html; charset=utf-8")
        return
    file = (folder / name).resolve()
    if not file.is_relative_to(folder.resolve()) or not file.is_file():
        route.fulfill(status=404, body="")
        return
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    route.fulfill(body=file.read_bytes(), content_type=kind)
