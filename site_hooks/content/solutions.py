"""The setting `solutions`: whether a build shows the solutions of exercises, or leaves them out."""

import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from site_hooks import words
from site_hooks.content.cells import Cell
from site_hooks.errors import BuildError

KEY = "solutions"
ALLOWED = "write shown, never, or a date such as 2027-01-31 or 2027-01-31T12:00+01:00"

# What YAML leaves a string: a moment without seconds, or one in quotes.
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)?)?")


@dataclass(frozen=True)
class Release:
    """Whether solutions are shown, and from when on; None if no date was set."""

    is_shown: bool
    at: datetime | None = None

    def words(self, said: words.Words = words.ENGLISH) -> str:
        """When they are shown, for readers; "" where no date says it.

        Examples:
            >>> Release(False, datetime(2027, 1, 31, 12, tzinfo=UTC)).words()
            '31 January 2027, 12:00 UTC'
        """
        return words.moment(self.at, said) if self.at else ""


def release(value: object, where: str, now: datetime) -> Release:
    """What a value of the setting means for a build.

    Args:
        value: As YAML reads it: a word, a date, or a date with a time. Without a zone, in UTC.
        where: What errors name: the file.
        now: The time of the build, with its zone.

    Raises:
        BuildError: It is neither.

    Examples:
        >>> release(date(2027, 1, 31), "mkdocs.yml", datetime(2027, 2, 1, tzinfo=UTC)).is_shown
        True
    """
    if value in ("shown", "never"):
        return Release(value == "shown")
    at = _moment(value)
    if at is None:
        got = "empty" if value is None else json.dumps(value, default=str, ensure_ascii=False)
        raise BuildError(f"{where}: {KEY} is {got}; {ALLOWED}")
    return Release(at <= now, at)


def marked(cell: Cell, own: Release, said: words.Words = words.ENGLISH) -> Cell:
    """The cell as its page's setting has it: a solution may be one that this build leaves out."""
    if own.is_shown or cell.kind != "solution":
        return cell
    return replace(cell, is_withheld=True, shown_from=own.words(said))


def without(notebook: str) -> str:
    """A notebook's file without its solutions."""
    document: dict[str, Any] = json.loads(notebook)
    document["cells"] = [cell for cell in document["cells"] if not _is_solution(cell)]
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _is_solution(cell: dict[str, Any]) -> bool:
    return any(tag.partition(":")[0] == "solution" for tag in cell["metadata"].get("tags", []))


def _moment(value: object) -> datetime | None:
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:  # no such day
            return None
    elif type(value) is date:
        value = datetime(value.year, value.month, value.day)
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)
