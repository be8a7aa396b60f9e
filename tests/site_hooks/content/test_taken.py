"""Which pages of the lesson a course takes, and where they stand."""

import pytest

from site_hooks.content import taken
from site_hooks.errors import BuildError

PAGES = [
    "index.md",
    "losses/mse.md",
    "losses/huber.md",
    "optimizers/sgd.md",
    "optimizers/adamw.md",
    "labs/race.ipynb",
    "progress.md",
    "help.md",
]


@pytest.mark.parametrize(
    ("patterns", "pages"),
    [
        (["losses/*"], ["losses/mse.md", "losses/huber.md", "progress.md", "help.md"]),
        (
            ["optimizers/*", "losses/mse", "!optimizers/adamw"],
            ["losses/mse.md", "optimizers/sgd.md", "progress.md", "help.md"],
        ),
        (["labs/race", "!help", "!progress"], ["labs/race.ipynb"]),
        (["losses/mse.md", "!progress", "!help"], ["losses/mse.md"]),
        (["losses/mse/", "!/progress/", "!help"], ["losses/mse.md"]),
        (["!optimizers/*"], [page for page in PAGES if "optimizers" not in page]),
        (["*"], PAGES),
        (["!losses/*", "losses/mse"], [page for page in PAGES if page != "losses/huber.md"]),
    ],
)
def test_patterns_take_pages_in_the_lesson_s_order(patterns: list[str], pages: list[str]) -> None:
    assert taken.chosen(patterns, PAGES) == pages


@pytest.mark.parametrize("pattern", ["loss/*", "!adamw", "losses"])
def test_a_pattern_that_names_no_page_is_refused_with_those_that_are_there(pattern: str) -> None:
    with pytest.raises(BuildError, match="names no page") as refused:
        taken.chosen(["losses/*", pattern], PAGES)
    assert f'"{pattern}"' in str(refused.value)
    assert "losses/huber" in str(refused.value)


def test_the_navigation_keeps_titles_and_drops_what_is_empty() -> None:
    nav = [
        {"Start": "index.md"},
        {"Losses": ["losses/mse.md", {"A name": "losses/huber.md"}]},
        {"More": ["help.md", {"Reference": ["reference/index.md"]}]},
    ]
    assert taken.navigation(nav, {"losses/huber.md", "help.md"}) == [
        {"Losses": [{"A name": "losses/huber.md"}]},
        {"More": ["help.md"]},
    ]
    assert taken.in_order(nav) == [
        *("index.md", "losses/mse.md", "losses/huber.md", "help.md"),
        "reference/index.md",
    ]
