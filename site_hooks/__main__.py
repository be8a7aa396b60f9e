"""`python -m site_hooks COMMAND`: what an instructor who has installed the lesson can run."""

import sys

from site_hooks.dev import check_cells, new_course, new_language
from site_hooks.publish import package

COMMANDS = {
    "new-course": new_course.main,
    "new-language": new_language.main,
    "check-cells": check_cells.main,
    "package": package.main,
}


def main(arguments: list[str]) -> int:
    """Run the command that is named first."""
    name, *rest = arguments or [""]
    if name not in COMMANDS:
        print(f"usage: python -m site_hooks {' | '.join(COMMANDS)} ...")
        return 2
    return COMMANDS[name](rest)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
