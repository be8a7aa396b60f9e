"""Runs the cells of one page in a Python of its own, as `pylib.kernel.execute` does.

Their pictures are made smaller there, so that pages beside each other do not wait for one another.
"""

import contextlib
import io
import json
import sys

from pylib.kernel import execute


def main() -> None:
    """Takes and gives what `execute.main` does."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        execute.main()
    answer = json.loads(said.getvalue())
    events = [event for cell in answer["cells"] for event in cell["events"]]
    for drawn in (event for event in events if event["kind"] in ("figure", "narrow")):
        from site_hooks.content.pictures import smaller  # not for cells that draw nothing

        drawn["png"] = smaller(drawn["png"])
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
