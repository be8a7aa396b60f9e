"""The built site as the benchmarks serve and visit it."""

import json
import os
from pathlib import Path

from playwright.sync_api import Page

ROOT = Path(__file__).parents[1]
SITE = Path(os.environ.get("SITE") or ROOT / "site")


def site() -> dict[str, bytes]:
    """Every file of the built site; compressed copies are left out, for the host makes its own."""
    paths = sorted(path for path in SITE.rglob("*") if path.is_file())
    files = {path.relative_to(SITE).as_posix(): path for path in paths}
    return {
        name: path.read_bytes()
        for name, path in files.items()
        if name.rpartition(".")[0] not in files
    }


def lesson_pages(page: Page) -> list[str]:
    """The addresses in the navigation of the page that is shown, in order."""
    script = "links => links.map(link => link.href.split('#')[0])"
    found: list[str] = page.eval_on_selector_all(".md-nav--primary a.md-nav__link[href]", script)
    return list(dict.fromkeys(found))


def follow(page: Page, address: str) -> None:
    """Clicks a link of the navigation and waits for its page: the document stays the same."""
    script = """address => [...document.querySelectorAll(".md-nav--primary a.md-nav__link[href]")]
      .find(link => link.href.split("#")[0] === address).click()"""
    page.evaluate("document.querySelector('.md-content').dataset.left = ''")
    page.evaluate(script, address)
    wait_until(page, "!document.querySelector('.md-content[data-left]')")


def wait_until(page: Page, condition: str, seconds: float = 60) -> None:
    """Waits until an expression, or what it promises, is true.

    `page.wait_for_function` takes a promise itself for true, and the site's policy forbids its
    second look.
    """
    page.evaluate(
        f"""async () => {{
          const end = performance.now() + {1000 * seconds};
          while (!(await ({condition}))) {{
            if (performance.now() > end) throw new Error({json.dumps(f"never: {condition}")});
            await new Promise((done) => setTimeout(done, 20));
          }}
        }}"""
    )
