"""The race page offers what pylib has: optimizers, their settings, schedules, courses."""

import base64
import inspect
import json
import subprocess
from typing import Any

import pytest

from pylib import optimizers
from pylib.race.contenders import OPTIMIZERS, SCHEDULES
from pylib.race.courses import COURSES, SURFACES, course
from site_hooks.assets import bundle
from site_hooks.paths import CLIENT, ROOT


@pytest.fixture(scope="module")
def catalogue() -> dict[str, Any]:
    script = bundle.client(entries=[CLIENT / "race" / "catalogue.ts"])["catalogue.js"]
    address = f"data:text/javascript;base64,{base64.b64encode(script).decode()}"
    told = f'import * as all from "{address}"; console.log(JSON.stringify(all));'
    command = ["node", "--input-type=module", "-"]
    done = subprocess.run(
        command, input=told, text=True, capture_output=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_optimizers_and_schedules_are_those_that_race(catalogue: dict[str, Any]) -> None:
    assert set(catalogue["OPTIMIZERS"]) == set(OPTIMIZERS)
    assert list(catalogue["SCHEDULES"]) == list(SCHEDULES)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_settings_have_their_class_s_defaults(catalogue: dict[str, Any], name: str) -> None:
    parameters = inspect.signature(getattr(optimizers, name)).parameters
    info = catalogue["OPTIMIZERS"][name]
    assert info["lr"] == parameters["lr"].default
    for setting, value in info["settings"].items():
        default = parameters[setting].default
        if setting in catalogue["CHOICES"]:
            assert value == (default or "")
        else:
            assert value == (list(default) if isinstance(default, tuple) else default)
            assert isinstance(value, bool) == isinstance(default, bool)


def test_courses_are_pylib_s(catalogue: dict[str, Any]) -> None:
    assert list(catalogue["COURSES"]) == list(COURSES)
    for name, info in catalogue["COURSES"].items():
        track = course(name)
        assert info["hasRows"] == (track.judge is not None)
        assert info["start"] == (track.start.tolist() if track.start.size == 2 else None)
        if name in SURFACES:
            kind, settings, _ = SURFACES[name]
            assert list(info["settings"]) == list(settings)
            parameters = inspect.signature(kind).parameters
            for setting, (usual, *_) in info["settings"].items():
                assert usual == parameters[setting].default
