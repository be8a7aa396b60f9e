"""A sleep is as long as it says, fails as Python's does, and is cut into slices."""

import time
from typing import Any

import numpy as np
import pytest

from pylib.kernel import execute, sleeping

own_sleep = time.sleep


@pytest.mark.parametrize("seconds", [0, 0.01, 0.13, np.float64(0.13), np.int64(0)])
def test_a_sleep_is_as_long_as_it_says(seconds: float) -> None:
    begin = time.perf_counter()
    sleeping.sleep(seconds)
    assert seconds <= time.perf_counter() - begin < seconds + 5


@pytest.mark.parametrize("seconds", [-1, "1", None, float("nan"), float("inf")])
def test_what_is_no_time_is_refused_as_python_does(seconds: Any) -> None:
    with pytest.raises(Exception) as ours:
        sleeping.sleep(seconds)
    with pytest.raises(Exception) as pythons:
        own_sleep(seconds)
    assert (type(ours.value), str(ours.value)) == (type(pythons.value), str(pythons.value))


def test_a_long_sleep_is_cut_and_may_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    slices: list[float] = []

    def interrupted(seconds: float) -> None:
        slices.append(seconds)
        if len(slices) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(sleeping, "_sleep", interrupted)
    events: list[dict[str, Any]] = []
    execute.run("from time import sleep\nx = 1\nsleep(60)", {}, events.append)
    assert slices == [sleeping.SLICE] * 3
    assert [event["type"] for event in events if event["kind"] == "error"] == ["KeyboardInterrupt"]
    assert time.sleep is own_sleep


def test_asyncio_sleeps_in_slices_too(monkeypatch: pytest.MonkeyPatch) -> None:
    slices: list[float] = []

    def measured(seconds: float) -> None:
        slices.append(seconds)
        own_sleep(seconds)

    monkeypatch.setattr(sleeping, "_sleep", measured)
    execute.run("import asyncio\nawait asyncio.sleep(0.2)", {}, lambda _: None)
    assert len(slices) > 2
    assert max(slices) <= sleeping.SLICE
