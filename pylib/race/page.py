"""What the race page asks of Python, and what it is answered: JSON, both ways."""

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from pylib import _validate
from pylib.race.contenders import Contender, contender
from pylib.race.courses import Course, course
from pylib.race.picture import Plane, plane
from pylib.race.running import Run, run
from pylib.race.tuning import score, tune

__all__ = ["Answer", "own", "race", "trials"]

MOST = 6  # contenders
LONGEST = 5000
# Heights along each side: enough for the narrowest valley; a model is asked for each by itself.
SURFACE_GRID, MODEL_GRID = 101, 41
BY = ("steps", "evaluations")


class Answer:
    """The value of a page's question; the kernel hands its text on and shows nothing."""

    def __init__(self, value: Any) -> None:
        self.text = json.dumps(value, allow_nan=False, separators=(",", ":"))

    def _answer_(self) -> str:
        return self.text


def race(asked: str, namespace: Mapping[str, Any] | None = None) -> Answer:
    """Run a race.

    Args:
        asked: JSON: `course`, `settings`, `start`, `noise`, `batch`, `seed`, `by`, `length`, and
            `contenders`, each with `optimizer`, `lr`, `settings` and `schedule`.
        namespace: Where classes of the learner's are looked up.

    Returns:
        For each contender its run, or the error that ended it; and the plane they are drawn on.

    Raises:
        ValueError: If there are no contenders or more than six, or a part of the race is wrong.

    Examples:
        >>> asked = {"course": "Quadratic", "length": 2, "contenders": [{"optimizer": "SGD"}]}
        >>> json.loads(race(json.dumps(asked)).text)["runs"][0]["evaluations"]
        [0, 1, 2]
    """
    wanted = json.loads(asked)
    track, length, by = _track(wanted)
    entries = wanted["contenders"]
    if not 1 <= len(entries) <= MOST:
        raise ValueError(f"there are {len(entries)} contenders; a race has 1 to {MOST}")
    runs: list[Run | str] = []
    for entry in entries:
        try:
            runs.append(run(track, _contender(entry, namespace), length, by))
        except (Exception, SystemExit) as error:
            runs.append(_of_own(entry, error))
    ended = [each for each in runs if isinstance(each, Run)]
    grid = SURFACE_GRID if track.judge is None else MODEL_GRID
    seen = plane(track, ended, grid) if ended else None
    return Answer(
        {
            "runs": [{"error": r} if isinstance(r, str) else _run(r, seen, track) for r in runs],
            "plane": seen and _plane(seen, track),
        }
    )


def trials(asked: str, namespace: Mapping[str, Any] | None = None) -> Answer:
    """Tune one contender.

    Args:
        asked: JSON: what `race` takes, with one `contender` and the number of `trials`.
        namespace: Where classes of the learner's are looked up.

    Returns:
        The trials as pairs of rate and score, null for a run that diverged; and the best rate,
        null if all did.

    Examples:
        >>> asked = {"course": "Quadratic", "length": 50, "contender": {"optimizer": "SGD"}}
        >>> found = json.loads(trials(json.dumps({**asked, "trials": 8})).text)
        >>> len(found["trials"]), round(found["best"], 3)
        (8, 0.1)
    """
    wanted = json.loads(asked)
    track, length, by = _track(wanted)
    try:
        who = _contender(wanted["contender"], namespace)
        found = tune(track, who, length, by, wanted["trials"])
    except (Exception, SystemExit) as error:
        return Answer({"error": _of_own(wanted["contender"], error)})
    best = min(found, key=lambda trial: trial.score)
    return Answer(
        {
            "trials": [[trial.lr, _finite(trial.score)] for trial in found],
            "best": best.lr if math.isfinite(best.score) else None,
        }
    )


def own(namespace: Mapping[str, Any]) -> Answer:
    """The learner's optimizers: classes of the page's cell that have a `step`, in their order.

    Args:
        namespace: Of the cell.

    Returns:
        Their names, and the rate that each has by default.
    """
    found = [
        [name, contender(f"own:{name}", own=namespace).lr]
        for name, value in namespace.items()
        if isinstance(value, type)
        and value.__module__ == "__main__"
        and callable(getattr(value, "step", None))
    ]
    return Answer(found)


def _track(wanted: Mapping[str, Any]) -> tuple[Course, int, Any]:
    parts = ("settings", "start", "noise", "batch", "seed")
    track = course(wanted["course"], **{part: wanted[part] for part in parts if part in wanted})
    length = _validate.whole("length", wanted["length"], 1, LONGEST)
    return track, length, _validate.choice("by", wanted.get("by", "steps"), BY)


def _contender(entry: Mapping[str, Any], namespace: Mapping[str, Any] | None) -> Contender:
    return contender(
        entry["optimizer"],
        entry.get("lr"),
        entry.get("settings"),
        entry.get("schedule", "constant"),
        namespace,
    )


def _run(run: Run, seen: Plane | None, track: Course) -> dict[str, Any]:
    x, y = seen.places(run.points).T.tolist() if seen else ([], [])
    return {
        "x": x,
        "y": y,
        "loss": run.losses.tolist(),
        "distance": np.nan_to_num(run.distances).tolist(),  # as far as numbers go
        "evaluations": run.evaluations.tolist(),
        "lr": run.lrs.tolist(),
        "stopped": run.stopped,
        "score": _finite(score(run)),
        "right": track.judge(run.points[-1]) if track.judge else None,
    }


def _plane(seen: Plane, track: Course) -> dict[str, Any]:
    (left, right), (bottom, top) = seen.bounds
    return {
        "names": list(track.names) if track.start.size == 2 else None,
        "share": seen.share,
        "weights": track.start.size,
        "bounds": [left, right, bottom, top],
        "size": len(seen.heights),
        "heights": [float(f"{height:.5g}") for height in np.ravel(seen.heights)],
        "levels": seen.levels.tolist(),
        "minima": seen.places(track.minima).tolist() if track.start.size == 2 else [],
        "from": "minimum" if len(track.minima) else "start",
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _of_own(entry: Mapping[str, Any], error: BaseException) -> str:
    """What went wrong with the learner's class; of an error in it the cell's line, and the kind.

    Raises:
        ValueError: The class is not the learner's: the race itself is wrong.
    """
    name = str(entry["optimizer"])
    if not name.startswith("own:"):
        raise ValueError(f"{name}: {error}") from error
    line = None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.startswith("<cell "):
            line = trace.tb_lineno
        trace = trace.tb_next
    kind = type(error).__name__
    return f"line {line}: {kind}: {error}" if line else str(error) or kind
