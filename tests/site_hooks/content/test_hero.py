"""The front page's figure shows what pylib computes."""

import itertools
import json
import math
import re
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from pylib import optimizers
from pylib.surfaces import Quadratic
from pylib.training import minimize
from site_hooks.content import hero
from site_hooks.errors import BuildError

Places = dict[str, tuple[float, float]]


@pytest.fixture(scope="module")
def figure() -> str:
    return hero.figure()


def test_it_is_the_same_every_time(figure: str) -> None:
    assert hero.figure() == figure


def test_it_is_one_line_of_well_formed_markup_with_a_text_for_those_who_cannot_see_it(
    figure: str,
) -> None:
    assert "\n" not in figure
    svg = ElementTree.fromstring(figure).find("svg")
    assert svg is not None
    ids = [child.get("id") for child in svg if child.tag in ("title", "desc")]
    assert ids == [svg.get("aria-labelledby"), svg.get("aria-describedby")]


@pytest.mark.parametrize("at", range(4))
def test_every_walk_is_minimize_s_number_by_number(figure: str, at: int) -> None:
    _, name, own, colour = hero.RUNS[at]
    surface = Quadratic(condition=hero.CONDITION, angle=hero.ANGLE)
    given: dict[str, Any] = dict(own)
    path = minimize(surface, getattr(optimizers, name), hero.START, hero.STEPS, **given).path
    assert hero.walk()[at] == path.tolist()
    group = figure.split(f'<g class="walk--{colour}"')[1].split("</g>")[0]
    way, line, head = re.findall(r'class="walk-\w+" d="M([\d. -]+)"', group)
    assert way == line == head
    pixels = np.array(way.split(), dtype=float).reshape(-1, 2)
    x, y = pixels.T / hero.SCALE
    assert np.column_stack([hero.LEFT + x, hero.TOP - y]) == pytest.approx(path, abs=1e-3)


def test_all_lines_play_by_one_clock_step_by_step(figure: str) -> None:
    """A line has the length of its first k steps after k of the clock's equal parts."""
    paces = re.findall(r'<g class="walk--(\w+)" style="--pace:linear\(([\d.,]+)\)">', figure)
    assert len(paces) == 4
    paths = dict(zip([colour for *_, colour in hero.RUNS], hero.walk(), strict=True))
    for colour, pace in paces:
        steps = np.linalg.norm(np.diff(np.array(paths[colour]), axis=0), axis=1)
        shares = np.cumsum([0.0, *steps]) / steps.sum()
        assert [float(part) for part in pace.split(",")] == pytest.approx(shares, abs=2e-3)


def test_a_click_opens_the_race_with_these_settings() -> None:
    """Where the site has that page; the settings are those of what the page shows first."""
    link = ElementTree.fromstring(hero.figure("race/")).find("a")
    assert link is not None and link.find("svg") is not None
    address, _, fragment = str(link.get("href")).partition("#")
    assert address == "race/"
    first = json.loads(hero.first())
    assert first["text"] == fragment
    for run, path in zip(first["answer"]["runs"], hero.walk(), strict=True):
        assert [list(point) for point in zip(run["x"], run["y"], strict=True)] == path
    assert ElementTree.fromstring(hero.figure()).find("a") is None


def test_every_walk_begins_at_the_start_and_goes_down() -> None:
    surface = Quadratic(condition=hero.CONDITION, angle=hero.ANGLE)
    for path in hero.walk():
        assert path[0] == list(hero.START)
        assert len(path) == hero.STEPS + 1
        assert float(surface(np.array(path[-1]))) < float(surface(np.array(hero.START))) / 4


def ends_and_names(figure: str) -> tuple[Places, Places]:
    """Where each line ends, and where its name is anchored, by colour."""
    names = re.findall(r'walk-name--(\w+)" x="([\d.]+)" y="([\d.]+)"', figure)
    ends = re.findall(r'<g class="walk--(\w+)".*?d="[^"]* ([\d.]+) ([\d.]+)"', figure)
    assert len(ends) == len(names) == len(hero.RUNS)
    (to, at) = ({c: (float(x), float(y)) for c, x, y in found} for found in (ends, names))
    return to, at


def test_each_name_stands_at_the_end_of_its_own_line(figure: str) -> None:
    ends, names = ends_and_names(figure)
    for colour, name in names.items():
        distances = {other: math.dist(name, end) for other, end in ends.items()}
        assert min(distances, key=lambda other: distances[other]) == colour, distances
        assert distances[colour] < 45


def test_names_follow_their_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [(*run[:2], {**run[2], "lr": run[2]["lr"] * 0.8}, run[3]) for run in hero.RUNS]
    monkeypatch.setattr(hero, "RUNS", tuple(reversed(runs)))
    test_each_name_stands_at_the_end_of_its_own_line(hero.figure())


def test_names_keep_apart_and_inside_even_at_a_telephone_s_size(figure: str) -> None:
    boxes = []
    for x, y, anchor, name in re.findall(
        r'x="([\d.]+)" y="([\d.]+)" text-anchor="(\w+)">(\w+)<', figure
    ):
        width = hero.LETTER * len(name)
        left = float(x) - {"start": 0, "middle": width / 2, "end": width}[anchor]
        boxes.append((left, float(y) - 22, left + width, float(y) + 7))
    assert len(boxes) == 4
    ends, _ = ends_and_names(figure)
    for left, top, right, bottom in boxes:
        assert left > 0 and top > 0 and right < 640 and bottom < 480
        assert not any(left < x < right and top < y < bottom for x, y in ends.values())
    for (l1, t1, r1, b1), (l2, t2, r2, b2) in itertools.combinations(boxes, 2):
        assert r1 <= l2 or r2 <= l1 or b1 <= t2 or b2 <= t1


def test_rings_join_points_of_equal_loss(figure: str) -> None:
    surface = Quadratic(condition=hero.CONDITION, angle=hero.ANGLE)
    angle = np.radians(hero.ANGLE)
    along, across = (
        np.array([np.cos(angle), np.sin(angle)]),
        np.array([-np.sin(angle), np.cos(angle)]),
    )
    rings = re.findall(r'<ellipse rx="([\d.]+)" ry="([\d.]+)"/>', figure)
    assert len(rings) == 12
    for rx, ry in rings:
        ends = np.array([along * float(rx), across * float(ry)]) / hero.SCALE
        first, second = (float(surface(end)) for end in ends)
        assert first == pytest.approx(second, rel=0.02)  # pixels have one decimal


def test_a_failing_pylib_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hero, "RUNS", (("x", "NoSuchOptimizer", {}, "blue"),))
    with pytest.raises(BuildError, match="NoSuchOptimizer"):
        hero.figure()
