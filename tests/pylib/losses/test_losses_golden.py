"""Every loss against golden/losses.json, PyTorch's numbers; and against PyTorch itself where it is.

The file is made by make_golden_losses.py, which says which formula is not PyTorch's own.
Error is |a - b| / (1 + |b|): at most 1e-12 in float64 and 1e-5 in float32.
"""

import importlib.util
import inspect
import json
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import pylib.losses
from tests.pylib.losses.test_losses_values import BY_HAND

HERE = Path(__file__).parents[1]
GOLDEN = json.loads((HERE / "golden" / "losses.json").read_text())
CASES: list[dict[str, Any]] = GOLDEN["cases"]
OF_THREE: list[dict[str, Any]] = GOLDEN["of_three"]
LIMIT = {"float64": 1e-12, "float32": 1e-5}


def identify(case: dict[str, Any]) -> str:
    settings = ",".join(f"{name}={value}" for name, value in case["settings"].items())
    inputs = case["inputs"] if "inputs" in case else [case["prediction"]]
    shape = "_".join("x".join(map(str, np.shape(x))) or "scalar" for x in inputs)
    return f"{case['loss']}({settings})-{shape}-{case['dtype']}".replace(" ", "")


def error(ours: Any, theirs: Any) -> float:
    """Largest |a - b| / (1 + |b|); equal infinities and NaN beside NaN are no error."""
    a, b = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    assert a.shape == b.shape
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    with np.errstate(invalid="ignore"):
        errors = np.where(same, 0.0, np.abs(a - b) / (1 + np.abs(b)))
    return float(np.where(np.isnan(errors), np.inf, errors).max())


def ours(case: dict[str, Any]) -> tuple[Any, Any]:
    loss = getattr(pylib.losses, case["loss"])(**case["settings"])
    prediction = np.array(case["prediction"], dtype=case["dtype"])
    target = np.array(case["target"], dtype=int if case["indices"] else case["dtype"])
    return loss(prediction, target), loss.gradient(prediction, target)


@pytest.mark.parametrize("case", CASES, ids=identify)
def test_value_and_gradient_are_pytorchs(case: dict[str, Any]) -> None:
    value, gradient = ours(case)
    assert error(value, case["value"]) <= LIMIT[case["dtype"]]
    assert error(gradient, case["gradient"]) <= LIMIT[case["dtype"]]
    assert gradient.dtype == case["dtype"]
    if case["settings"]["reduction"] == "none":
        assert value.dtype == case["dtype"]
    else:
        assert type(value) is float


@pytest.mark.parametrize("case", OF_THREE, ids=identify)
def test_value_and_gradients_of_three_inputs_are_pytorchs(case: dict[str, Any]) -> None:
    loss = getattr(pylib.losses, case["loss"])(**case["settings"])
    inputs = [np.array(values, dtype=case["dtype"]) for values in case["inputs"]]
    value, gradients = loss.value_and_gradient(*inputs)
    assert error(value, case["value"]) <= LIMIT[case["dtype"]]
    for ours, theirs in zip(gradients, case["gradient"], strict=True):
        assert ours.dtype == case["dtype"]
        size = max(1.0, float(np.nanmax(np.abs(ours), initial=0.0)))  # 1e12 beside a tiny variance
        assert error(ours / size, np.asarray(theirs) / size) <= LIMIT[case["dtype"]]


def test_the_file_covers_every_loss_dtype_and_reduction() -> None:
    counts = Counter(case["loss"] for case in CASES + OF_THREE)
    by_hand = {type(loss).__name__ for loss, *_ in BY_HAND}
    assert set(GOLDEN["signatures"]) <= set(counts)  # all that PyTorch has
    assert set(pylib.losses.__all__) - {"Loss"} <= set(counts) | by_hand
    assert len({json.dumps(case) for case in CASES}) == len(CASES) >= 300
    for loss in counts:
        settings = {
            (case["dtype"], case["settings"]["reduction"])
            for case in CASES + OF_THREE
            if case["loss"] == loss
        }
        assert len(settings) >= 6, f"{loss} lacks a reduction or a dtype"
    assert GOLDEN["versions"]["torch"].startswith("2.13")


@pytest.mark.parametrize("name", GOLDEN["signatures"])
def test_an_argument_has_pytorchs_name_default_and_place_or_needs_its_name(name: str) -> None:
    theirs = GOLDEN["signatures"][name]
    defaults = {argument: default for argument, _, default in theirs}
    places = [argument for argument, kind, _ in theirs if kind == "positional"]
    ours = inspect.signature(getattr(pylib.losses, name)).parameters.values()
    assert all(p.default == defaults[p.name] for p in ours)
    by_place = [p.name for p in ours if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert by_place == places[: len(by_place)]
    # every argument but the deprecated ones
    assert {p.name for p in ours} == defaults.keys() - {"size_average", "reduce"}


def test_a_number_given_by_place_means_what_it_means_in_pytorch() -> None:
    # torch.nn.BCEWithLogitsLoss(torch.tensor([1., 5.])) of these gives 3.0351
    value = pylib.losses.BCEWithLogitsLoss([1.0, 5.0])([0.3, 0.7], [1.0, 0.0])
    assert value == pytest.approx(3.0351, abs=5e-5)
    with pytest.raises(TypeError, match="positional"):
        pylib.losses.HuberLoss(2.0)  # type: ignore[call-arg]


def live() -> ModuleType:
    pytest.importorskip("torch")
    path = HERE / "losses" / "make_golden_losses.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.filterwarnings("ignore:reduction. 'mean' divides:UserWarning")
def test_the_same_table_against_pytorch_itself() -> None:
    maker = live()
    cases = list(maker.table())
    assert [identify(case) for case in cases] == [identify(case) for case in CASES]
    for case in cases:
        value, gradient = ours(case)
        their_value, their_gradient = maker.reference(case)
        assert error(value, their_value) <= LIMIT[case["dtype"]], identify(case)
        assert error(gradient, their_gradient) <= LIMIT[case["dtype"]], identify(case)
    for case, known in zip(maker.table_of_three(), OF_THREE, strict=True):
        value, gradients = maker.reference_of_three(case)
        assert error(value, known["value"]) <= LIMIT[case["dtype"]], identify(case)
        for found, gradient in zip(gradients, known["gradient"], strict=True):
            assert error(found, gradient) <= LIMIT[case["dtype"]], identify(case)
    assert maker.signatures() == GOLDEN["signatures"]
