"""How measurements are written down: medians with ranges, beside stock and beside their bars."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

SECTION = re.compile(r"^(?=## )", re.MULTILINE)


class SkippedError(Exception):
    """A part cannot be measured here; the message says what is missing."""


@dataclass(frozen=True)
class AtMost:
    """A bar for our own figure, in its unit."""

    limit: float

    def met(self, ours: float, stock: float | None) -> bool:
        return ours <= self.limit

    def words(self, unit: str) -> str:
        return f"at most {number(self.limit)} {unit}".rstrip()


@dataclass(frozen=True)
class TimesLess:
    """A bar for stock's figure divided by ours."""

    times: float

    def met(self, ours: float, stock: float | None) -> bool:
        return stock is not None and stock >= self.times * ours

    def words(self, unit: str) -> str:
        return f"stock ÷ ours at least {number(self.times)}"


@dataclass(frozen=True)
class Figure:
    """One thing that was measured a few times, ours and, where it has one, stock's.

    `why` is shown where the bar is missed.
    """

    name: str
    unit: str
    ours: Sequence[float]
    stock: Sequence[float] = ()
    bar: AtMost | TimesLess | None = None
    why: str = ""

    @property
    def missed(self) -> bool:
        middle = median(self.stock) if self.stock else None
        return self.bar is not None and not self.bar.met(median(self.ours), middle)

    def cells(self) -> list[str]:
        ratio = ""
        if self.stock and median(self.ours) > 0:
            ratio = f"{median(self.stock) / median(self.ours):.2f}"
        bar = ""
        if self.bar is not None:
            bar = f"{self.bar.words(self.unit)}: {'**missed**' if self.missed else 'met'}"
        return [self.name, spread(self.ours, self.unit), spread(self.stock, self.unit), ratio, bar]


def table(figures: Sequence[Figure]) -> str:
    """A Markdown table without empty columns, and below it why bars are missed."""
    head, align = ["", "ours", "stock", "stock ÷ ours", "bar"], ["---", *["---:"] * 3, "---"]
    rows = [head, align, *(figure.cells() for figure in figures)]
    filled = [i for i in range(len(head)) if i < 2 or any(row[i] for row in rows[2:])]
    lines = ["| " + " | ".join(row[i] for i in filled) + " |" for row in rows]
    missed = [f"- {f.name}: {f.why}" for f in figures if f.missed and f.why]
    return "\n".join(lines) + ("\n\n" + "\n".join(missed) if missed else "")


def spread(values: Sequence[float], unit: str) -> str:
    """A median, and the range where there is one."""
    if not values:
        return ""
    text = f"{number(median(values))} {unit}".rstrip()
    low, high = number(min(values)), number(max(values))
    return text if low == high else f"{text} ({low} to {high})"


def number(value: float) -> str:
    """Three digits, without an exponent."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) >= 0.001 else f"{value:.0f}"


def with_section(results: str, section: str) -> str:
    """Results in which the section of the same title is replaced; one that is new is put last."""
    head, *sections = _parts(results)
    titles = [old.partition("\n")[0] for old in sections]
    title = section.strip().partition("\n")[0]
    at = titles.index(title) if title in titles else len(sections)
    return _joined([head, *sections[:at], section, *sections[at + 1 :]])


def with_head(results: str, head: str) -> str:
    """Results with another text before the first section."""
    return _joined([head, *_parts(results)[1:]])


def _parts(results: str) -> list[str]:
    return [part.strip() for part in SECTION.split(results)]


def _joined(parts: Sequence[str]) -> str:
    return "\n\n".join(filter(None, (part.strip() for part in parts))) + "\n"
