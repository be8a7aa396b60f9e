"""Where each millisecond from the click to the first plot goes, ours and stock, as a picture.

The page stamps the messages in which the worker names its steps, so nothing is measured inside.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Playwright, sync_playwright

from bench.comparison_pages import pair
from bench.slow_host import Host
from bench.start import (
    HERE,
    LINES,
    READS_MS,
    REPEATS,
    Kind,
    click,
    profile,
    temporary,
    visit,
    wait_until_kept,
)

TITLE = "Where the time goes"
PICTURE = HERE / "timeline.svg"
SHOWN_LINES = ("localhost", "20 Mbit/s")
VISITS = ("first visit", "second visit")
KINDS = {
    "stock": Kind("stock.html", "#run", "#out img"),
    "ours": Kind("", "#plot0 .cell-run", "#plot0 [role=log] img"),
}
BEFORE = "Starting the worker"
# A download that ends while Python starts is no step back. Ours says "ready" before the run, and
# sends the figure as an event of it.
STAMPS = f"""
window.steps = [];
addEventListener("click", () => steps.push(["{BEFORE}", performance.now()]), true);
window.Worker = class extends Worker {{
  constructor(...options) {{
    super(...options);
    this.addEventListener("message", ({{ data }}) => {{
      const {{ type, event }} = data;
      const step = data.step ?? (type === "ready" ? "Running the cell"
        : event?.kind === "figure" ? "Showing the picture" : undefined);
      const known = steps.some(([name]) => name === step);
      if (step && !known) steps.push([step, performance.now()]);
    }});
  }}
}};
"""
# Dark enough for black-on-white pages, light enough for black figures on them.
HUES = [
    *("#9fc5e8", "#f6b26b", "#93c47d", "#d5a6bd", "#ffd966", "#76a5af"),
    *("#e6918f", "#b4a7d6", "#cccccc", "#c9a77c", "#b7d4a0", "#8ea9db"),
]


@dataclass(frozen=True)
class Bar:
    """One start: the steps in turn, in seconds."""

    name: str
    steps: list[tuple[str, float]]

    @property
    def total(self) -> float:
        return sum(seconds for _, seconds in self.steps)


def steps_of(stamps: Sequence[tuple[str, float]], end: float) -> list[tuple[str, float]]:
    """How long each step took, in seconds, given when each began and the last ended, in ms."""
    ends = [at for _, at in stamps[1:]] + [end]
    return [(name, (to - at) / 1000) for (name, at), to in zip(stamps, ends, strict=True)]


def measure(playwright: Playwright, content: dict[str, bytes], line: str) -> list[Bar]:
    """The start of median length of each kind and visit."""
    starts: dict[str, list[Bar]] = {}
    for _ in range(REPEATS):
        for name, kind in KINDS.items():
            with Host(content, *LINES[line]).running() as host, temporary() as folder:
                for when in VISITS:
                    with profile(playwright, folder) as context:
                        context.add_init_script(STAMPS)
                        page = visit(context, host, kind)
                        took = click(page, kind)
                        stamps = page.evaluate("steps.slice(0)")
                        bar = f"{name}, {when}"
                        steps = steps_of(_first(stamps), stamps[0][1] + took)
                        starts.setdefault(bar, []).append(Bar(bar, steps))
                        if name == "ours" and when == VISITS[0]:
                            wait_until_kept(page)
                        page.wait_for_timeout(READS_MS)
    return [sorted(bars, key=lambda bar: bar.total)[len(bars) // 2] for bars in starts.values()]


def _first(stamps: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """Up to the first picture: the other theme's drawing comes after it."""
    names = [name for name, _ in stamps]
    return stamps[: names.index("Showing the picture") + 1]


def draw(bars: dict[str, list[Bar]], path: Path) -> None:
    """Draws the bars of every line, one panel each."""
    import matplotlib

    matplotlib.use("agg")
    matplotlib.rcParams["svg.hashsalt"] = "timeline"
    import matplotlib.pyplot as plt
    from matplotlib.patches import Patch

    names = list(dict.fromkeys(n for of in bars.values() for bar in of for n, _ in bar.steps))
    longest = max(bar.total for of in bars.values() for bar in of)
    hue = {name: HUES[i % len(HUES)] for i, name in enumerate(names)}
    figure, panels = plt.subplots(
        len(bars),
        1,
        figsize=(9, 1 + 2.3 * len(bars)),
        sharex=True,
        squeeze=False,
        layout="constrained",
    )
    for axes, (line, of) in zip(panels[:, 0], bars.items(), strict=True):
        _panel(axes, line, of, hue, longest)
    patches = [Patch(facecolor=hue[name], edgecolor="#444", label=name) for name in names]
    figure.legend(handles=patches, loc="outside lower center", ncols=2, fontsize=9, frameon=False)
    figure.savefig(path, facecolor="white", metadata={"Date": None})
    plt.close(figure)


def _panel(axes: Any, line: str, bars: list[Bar], hue: dict[str, str], longest: float) -> None:
    for row, bar in enumerate(bars):
        at = 0.0
        for name, seconds in bar.steps:
            axes.barh(row, seconds, left=at, color=hue[name], edgecolor="#444", linewidth=0.5)
            if seconds > 0.045 * longest:
                axes.text(at + seconds / 2, row, f"{seconds:.2f}", ha="center", va="center", size=8)
            at += seconds
        axes.text(at + 0.01 * longest, row, f"{at:.2f} s", va="center", size=9, weight="bold")
    axes.set_yticks(range(len(bars)), [bar.name for bar in bars])
    axes.invert_yaxis()
    axes.set_xlim(0, 1.1 * longest)
    axes.set_title(f"From the click to the first plot, {line}", loc="left", size=10)
    axes.set_xlabel("seconds")
    axes.spines[["top", "right"]].set_visible(False)


def table(bars: Sequence[Bar]) -> str:
    """Milliseconds by step and by start."""
    names = list(dict.fromkeys(name for bar in bars for name, _ in bar.steps))
    lines = [
        "| ms | " + " | ".join(bar.name for bar in bars) + " |",
        "|---|" + "---:|" * len(bars),
    ]
    for name in names:
        spent = [sum(s for step, s in bar.steps if step == name) for bar in bars]
        lines.append(
            f"| {name} | " + " | ".join(f"{1000 * s:,.0f}" if s else "" for s in spent) + " |"
        )
    totals = " | ".join(f"**{1000 * bar.total:,.0f}**" for bar in bars)
    return "\n".join([*lines, f"| all | {totals} |"])


def markdown() -> str:
    """Measure, draw the picture, and return the tables."""
    content = pair()
    with sync_playwright() as playwright:
        bars = {line: measure(playwright, content, line) for line in SHOWN_LINES}
    draw(bars, PICTURE)
    parts = [
        "The start of median length of each kind, step by step as the workers tell them. "
        "Stock is made to tell its steps here.",
        f"![Bars of the steps from the click to the first plot]({PICTURE.name})",
    ]
    for line, of in bars.items():
        parts += [f"### Steps, {line}", table(of)]
    return "\n\n".join(parts)


if __name__ == "__main__":
    print(markdown())
