"""While a build fails, the preview answers with a page that says why; mended, it goes on."""

import sys
import traceback
from collections.abc import Callable, Iterable
from html import escape
from typing import Any

from site_hooks.errors import BuildError

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>The site cannot be built</title>
<style>
  :root {{ color-scheme: light dark; }}
  body {{ font: 1.125rem/1.6 system-ui, sans-serif; margin: 8vh auto; max-width: 60rem; }}
  pre {{ border-left: 4px solid #d64545; padding-left: 1rem; white-space: pre-wrap; }}
</style>
<h1>The site cannot be built</h1>
<p>Mend this and save the file. The page comes back by itself.</p>
<pre>{words}</pre>
<script>
  let first;
  (async function look() {{
    try {{
      const text = await (await fetch(location.href, {{ cache: "no-store" }})).text();
      first ??= text;
      if (text !== first) return location.reload();
    }} catch {{ /* the preview was ended, and may be started again */ }}
    setTimeout(look, 500);
  }})();
</script>
</html>
"""

_fault = ""
_noted: BaseException | None = None


def note(error: BaseException) -> None:
    """Take the error that ends a build: the builder may raise another one, which says less."""
    global _noted
    _noted = error


def noting(build: Callable[..., None]) -> Callable[..., None]:
    """A build that ends well for those who called it; its words are kept, and told if it failed."""

    def run(*arguments: Any, **named: Any) -> None:
        global _fault, _noted
        _noted, fault = None, ""
        try:
            build(*arguments, **named)
        except (Exception, SystemExit) as error:
            cause = _noted or error
            fault = _words(cause)
            if cause is error or not _is_in_words(cause):  # else the builder has told it
                print(fault, file=sys.stderr, flush=True)
        _fault = fault  # until then the old one stands

    return run


def answering(app: App) -> App:
    """What serves the site; while a fault stands, each page is the page that says so."""

    def answer(request: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path = str(request["PATH_INFO"])
        if path.startswith("/livereload/") or not _is_page(path):
            return app(request, start)
        if not _fault:
            held: list[tuple[Any, ...]] = []
            body = app(request, lambda *answered: held.append(answered))
            if not _fault:  # it waited for a build, which may have failed
                start(*held[0])
                return body
            getattr(body, "close", bool)()
        content = _PAGE.format(words=escape(_fault)).encode()
        size = str(len(content))
        start(
            "503 Service Unavailable",
            [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", size)],
        )
        return [content]

    return answer


def _is_page(path: str) -> bool:
    name = path.rpartition("/")[2]
    return "." not in name or name.endswith(".html")


def _is_in_words(error: BaseException) -> bool:
    """Whether an error was raised for people; any other is told with its traceback."""
    return isinstance(error, BuildError | SystemExit) or hasattr(error, "format_message")


def _words(error: BaseException) -> str:
    return str(error) if _is_in_words(error) else "".join(traceback.format_exception(error))
