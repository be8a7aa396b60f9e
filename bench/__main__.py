"""Measures everything but `soak`, or the parts that are named, and writes bench/results.md.

Needs the built site (`npm run bench` builds it first). REPEATS sets how often each thing is
measured, SITE names another folder with a built site, TORCH_PYTHON a Python that has PyTorch.
"""

import argparse
import sys
import traceback
from importlib import import_module
from pathlib import Path

from bench import environment
from bench.report import SkippedError, with_head, with_section
from bench.site import SITE
from bench.start import REPEATS

RESULTS = Path(__file__).parent / "results.md"
# In the order of the results; each is a module with a TITLE, and markdown() that measures.
PARTS = (
    "first_plot",
    "first_print",
    "timeline",
    "other_browsers",
    "lesson_cell",
    "page_change",
    "run_anywhere",
    "live",
    "microscope",
    "race",
    "front_page",
    "bytes",
    "memory",
    "snapshot_cost",
    "optimizers",
    "grading",
    "build",
    "packages",
    "peers",
)
# These take long, and are run only where they are named.
NAMED = ("soak",)
EVERY = (*PARTS, *NAMED)


def section(part: str) -> tuple[str, bool]:
    """A part's section, and whether it went well."""
    begun = f"*{environment.now()}; repeats where nothing else is said: {REPEATS}.*"
    print(f"{part} …", file=sys.stderr, flush=True)
    title, well = part, True
    try:
        module = import_module(f"bench.{part}")
        title = module.TITLE
        text = module.markdown()
    except SkippedError as reason:
        text = f"Not measured: {reason}."
    except Exception as error:
        traceback.print_exc()
        text, well = f"Not measured, it failed: {str(error).partition(chr(10))[0]}", False
    return "\n\n".join([f"## {title}", begun, text]), well


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("part", nargs="*", help=", ".join(EVERY))
    wanted = parser.parse_args().part or list(PARTS)
    if unknown := set(wanted) - set(EVERY):
        parser.error(f"no such part: {', '.join(unknown)}; there are {', '.join(EVERY)}")
    if not (SITE / "index.html").is_file():
        parser.error(f"{SITE} holds no built site: run `npm run build` first")
    kept = RESULTS.read_text("utf-8") if RESULTS.is_file() and wanted != list(PARTS) else ""
    results = with_head(kept, environment.head())
    failed = []
    for part in wanted:
        text, well = section(part)
        results = with_section(results, text)
        RESULTS.write_text(results, "utf-8")
        if not well:
            failed.append(part)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
