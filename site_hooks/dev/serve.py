"""`npm start`: MkDocs' preview, which tells what is wrong only, and starts though a build fails."""

import argparse
import logging
import sys
from typing import Any

from mkdocs.commands import build, serve
from mkdocs.exceptions import MkDocsException

from site_hooks import live


def main() -> None:
    """Serve until the program is ended."""
    options = argparse.ArgumentParser()
    options.add_argument("address", help="host and port, such as 127.0.0.1:8000")
    options.add_argument("--config-file", help="the builder's settings; mkdocs.yml, if not given")
    given = options.parse_args()
    told = logging.StreamHandler()
    told.setFormatter(logging.Formatter("%(levelname)s  %(message)s"))
    log = logging.getLogger("mkdocs")
    log.addHandler(told)
    log.setLevel(logging.WARNING)
    # It would tell of every redirect.
    logging.getLogger("mkdocs.livereload").setLevel(logging.ERROR)

    # MkDocs 1.6 ends where the first build fails. Those after it pass hooks.on_serve.
    def first(*arguments: Any, **named: Any) -> None:
        vars(serve)["build"] = build.build
        live.noting(build.build)(*arguments, **named)

    vars(serve)["build"] = first
    # A link to a page that is yet to be written is no reason to show nothing.
    try:
        serve.serve(given.config_file, dev_addr=given.address, strict=False)
    except MkDocsException as error:
        sys.exit(error.format_message())


if __name__ == "__main__":
    main()
