"""The front page's figure shows what pylib computes."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from pylib.surfaces import Quadratic
from site_hooks.content import hero
from site_hooks.errors import BuildError


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
    assert " ".join(str(name) for name in ids) == svg.get("aria-labelledby")


def test_every_walk_begins_at_the_start_and_comes_near_the_minimum() -> None:
    surface = Quadratic(condition=hero.CONDITION, angle=hero.ANGLE)
    for path in hero.walk():
        assert path[0] == list(hero.START)
        assert len(path) == hero.STEPS + 1
        assert float(surface(np.array(path[-1]))) < 0.05


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
        assert first == pytest.approx(second, rel=0.01)


def test_a_failing_pylib_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hero, "RUNS", (("x", "NoSuchOptimizer", {}, "blue", (0.0, 0.0)),))
    with pytest.raises(BuildError, match="NoSuchOptimizer"):
        hero.figure()
