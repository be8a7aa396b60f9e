"""Groups that change after the optimizer was built, gradients that are missing, arrays shared."""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pylib.optimizers import (
    LBFGS,
    SGD,
    Adadelta,
    Adafactor,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    Lion,
    Muon,
    NAdam,
    RAdam,
    RMSprop,
    Rprop,
    ScheduleFreeAdamW,
    ScheduleFreeSGD,
)

Array = NDArray[Any]
STEPPING: list[Any] = [
    SGD,
    Adadelta,
    Adafactor,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    Lion,
    Muon,
    NAdam,
    RAdam,
    RMSprop,
    Rprop,
    ScheduleFreeAdamW,
    ScheduleFreeSGD,
]
MAXIMIZE = [c for c in STEPPING if c not in (Lion, Muon, ScheduleFreeAdamW, ScheduleFreeSGD)]
stepping = pytest.mark.parametrize("optimizer_class", STEPPING, ids=lambda c: c.__name__)


def matrix(value: float = 1.0) -> Array:
    """A matrix, which every optimizer takes."""
    return np.array([[value, -value], [0.5, 2.0]])


def two_groups(first: float, second: float) -> Any:
    """An optimizer with a rate for each of two groups."""
    groups = [{"params": [np.ones(1)], "lr": first}, {"params": [np.ones(1)], "lr": second}]
    return SGD(groups)


def rates(optimizer: Any) -> list[float]:
    """The rates of all groups."""
    return [group["lr"] for group in optimizer.param_groups]


def everything(optimizer: Any) -> dict[str, Any]:
    """Parameters and state, copied."""
    found: dict[str, Any] = {f"param{i}": w.copy() for i, w in enumerate(optimizer.params)}
    return found | dict(optimizer.state_dict())


def assert_same(found: dict[str, Any], expected: dict[str, Any]) -> None:
    assert found.keys() == expected.keys()
    for key, value in expected.items():
        np.testing.assert_array_equal(found[key], value, err_msg=key)


# --- Settings changed by hand -------------------------------------------------------------------


def test_momentum_that_comes_later_begins_with_the_gradient_of_its_first_step() -> None:
    w = np.array([0.0])
    optimizer = SGD([w], lr=1.0, dampening=0.5)
    optimizer.step([np.array([8.0])])
    optimizer.param_groups[0]["momentum"] = 0.5
    optimizer.step([np.array([2.0])])  # v = 2, as in PyTorch, undamped
    assert w[0] == -10.0
    optimizer.step([np.array([2.0])])  # v = 1 + 0.5 · 2
    assert w[0] == -12.0
    assert optimizer.step_count == 3


@pytest.mark.parametrize("optimizer_class", [Adam, AdamW])
def test_amsgrad_that_comes_later_begins_with_the_moment_of_then(optimizer_class: Any) -> None:
    early, late = matrix(), matrix()
    one, two = optimizer_class([early], amsgrad=True), optimizer_class([late])
    for size in (1.0, 2.0, 3.0):  # growing, so that the largest moment is the last one
        one.step([size * np.ones((2, 2))])
        two.step([size * np.ones((2, 2))])
    two.param_groups[0]["amsgrad"] = True
    for size in (4.0, 1e-3, 1e-3):
        one.step([size * np.ones((2, 2))])
        two.step([size * np.ones((2, 2))])
    np.testing.assert_array_equal(late, early)


@pytest.mark.parametrize("change", [{"momentum": 0.9}, {"centered": True}])
def test_rmsprop_takes_on_what_it_needs(change: dict[str, Any]) -> None:
    w = matrix()
    optimizer = RMSprop([w])
    optimizer.step([matrix()])
    optimizer.param_groups[0].update(change)
    for _ in range(3):
        optimizer.step([matrix()])
    assert np.isfinite(w).all()
    assert set(optimizer.state[0]) > {"square_avg"}


def test_only_the_group_that_is_changed_gets_more_state() -> None:
    groups = [{"params": [np.zeros(1), np.zeros(1)]}, {"params": [np.zeros(1), np.zeros(1)]}]
    optimizer = SGD(groups, lr=1.0)
    optimizer.param_groups[1]["momentum"] = 0.5
    optimizer.step([np.ones(1)] * 4)
    assert [set(state) for state in optimizer.state] == [set(), set()] + [{"momentum_buffer"}] * 2
    optimizer.param_groups[0]["momentum"] = 0.5
    optimizer.step([np.ones(1)] * 4)
    assert [w[0] for w in optimizer.params] == [-2.0, -2.0, -2.5, -2.5]


def test_a_rate_set_by_hand_asks_for_no_state(monkeypatch: pytest.MonkeyPatch) -> None:
    optimizer = Adam([np.ones(2)])
    monkeypatch.setattr(optimizer, "_new_state", None)
    for lr in (0.1, 0.01):
        optimizer.param_groups[0]["lr"] = lr
        optimizer.step([np.ones(2)])
    np.testing.assert_allclose(optimizer.params[0], 1 - 0.11)


def test_a_setting_changed_by_hand_is_checked_before_anything_moves() -> None:
    a, b = np.ones(2), np.ones(2)
    optimizer = Adam([{"params": [a]}, {"params": [b]}])
    optimizer.step([np.ones(2), np.ones(2)])
    before = everything(optimizer)
    for name, value, error, words in (
        ("betas", (0.9, 1.5), ValueError, r"betas\[1\] is 1.5; it must be at least 0 and below 1"),
        ("lr", "fast", TypeError, "lr is 'fast'; it must be a number"),
        ("eps", -1.0, ValueError, "eps is -1.0"),
        ("amsgrad", 1, TypeError, "amsgrad is 1; it must be True or False"),
    ):
        good = optimizer.param_groups[1][name]
        optimizer.param_groups[1][name] = value
        with pytest.raises(error, match=words):
            optimizer.step([np.ones(2), np.ones(2)])
        optimizer.param_groups[1][name] = good
        assert_same(everything(optimizer), before)


def test_a_setting_taken_away_is_named() -> None:
    for name in ("lr", "maximize"):
        optimizer = SGD([np.ones(2)])
        del optimizer.param_groups[0][name]
        with pytest.raises(TypeError, match=f"{name} is None"):
            optimizer.step([np.ones(2)])
        assert optimizer.step_count == 0


def test_settings_by_hand_are_checked_together() -> None:
    optimizer = SGD([np.ones(2)], momentum=0.9, nesterov=True)
    optimizer.param_groups[0]["momentum"] = 0
    with pytest.raises(ValueError, match="it needs a momentum above 0"):
        optimizer.step([np.ones(2)])
    muon = Muon([np.ones((2, 2))])
    muon.param_groups[0]["adjust_lr_fn"] = None  # PyTorch's word
    muon.step([np.ones((2, 2))])
    assert muon.param_groups[0]["adjust_lr_fn"] == "original"


def test_parameters_changed_by_hand_are_refused() -> None:
    optimizer = SGD([np.ones(2)])
    optimizer.param_groups[0]["params"] = [np.zeros(2)]
    with pytest.raises(ValueError, match="of group 0 were changed by hand; use add_param_group"):
        optimizer.step([np.ones(2)])


# --- The learning rate --------------------------------------------------------------------------


def test_a_group_built_at_rate_0_keeps_a_rate_that_it_is_given() -> None:
    optimizer = two_groups(0.0, 0.1)
    optimizer.param_groups[0]["lr"] = 0.4
    assert optimizer.lr == 0.4
    optimizer.lr = 0.2
    assert rates(optimizer) == pytest.approx([0.2, 0.05])


def test_rates_set_by_hand_are_the_ratios_from_then_on() -> None:
    optimizer = two_groups(0.1, 0.1)
    optimizer.param_groups[1]["lr"] = 0.3
    optimizer.lr = 0.2
    assert rates(optimizer) == pytest.approx([0.2, 0.6])
    optimizer.param_groups[0]["lr"] = 0.0  # frozen
    assert optimizer.lr == pytest.approx(0.6)
    optimizer.lr = 0.1
    assert rates(optimizer) == [0.0, 0.1]


def test_ratios_outlast_a_rate_of_0_and_ten_thousand_changes() -> None:
    optimizer = two_groups(0.1, 0.03)
    ratio = optimizer.param_groups[1]["lr"] / 0.1
    for t in range(10_000):
        optimizer.lr = 0.1 * (1 + np.cos(t)) / 2 if t % 100 else 0.0
    optimizer.lr = 0.1
    assert rates(optimizer) == [0.1, 0.1 * ratio]


def test_all_rates_0_rise_together() -> None:
    optimizer = two_groups(0.0, 0.0)
    assert optimizer.lr == 0.0
    optimizer.lr = 0.1
    assert rates(optimizer) == [0.1, 0.1]


# --- Groups that come later ---------------------------------------------------------------------


def test_a_later_group_takes_the_rate_of_now_and_the_settings_of_the_start() -> None:
    optimizer = SGD([np.ones(1)], lr=0.1, momentum=0.5)
    optimizer.lr = 0.02
    optimizer.add_param_group({"params": [np.ones(2), np.ones(3)]})
    optimizer.add_param_group({"params": [np.ones(4)], "lr": 0.01, "momentum": 0.9})
    assert rates(optimizer) == [0.02, 0.02, 0.01]
    assert [group["momentum"] for group in optimizer.param_groups] == [0.5, 0.5, 0.9]
    assert [w.size for w in optimizer.params] == [1, 2, 3, 4]
    optimizer.lr = 0.2
    assert rates(optimizer) == pytest.approx([0.2, 0.2, 0.1])


def test_a_group_without_a_rate_takes_the_optimizers_not_that_of_the_first_group() -> None:
    groups: list[dict[str, Any]] = [{"params": [np.ones(1)], "lr": 0.5}, {"params": [np.ones(1)]}]
    assert rates(SGD(groups, lr=0.1)) == [0.5, 0.1]


@stepping
def test_a_later_group_moves_as_if_it_were_alone(optimizer_class: Any) -> None:
    alone, later = matrix(), matrix()
    optimizer, only = optimizer_class([matrix(3.0)]), optimizer_class([alone])
    for _ in range(3):
        optimizer.step([matrix()])
    optimizer.add_param_group({"params": [later]})
    for _ in range(3):
        optimizer.step([matrix(), 2 * later])
        only.step([2 * alone])
    np.testing.assert_array_equal(later, alone)


def test_a_later_group_that_does_not_fit_leaves_everything_as_it_was() -> None:
    w = np.ones(2)
    optimizer = Adam([w])
    bad: list[tuple[Any, type[Exception], str]] = [
        ({"params": [w]}, ValueError, "parameter 1 is given twice"),
        ({"params": [np.ones(2)], "momentum": 1}, ValueError, r"group 1 has unknown.*momentum"),
        ({"params": [np.ones(2)], "lr": -1}, ValueError, "lr is -1"),
        ({"params": [np.ones(2), 3.0]}, TypeError, "parameter 2 is a float"),
        ([np.ones(2)], TypeError, "group 1 is not of the form"),
    ]
    before = everything(optimizer)
    for group, error, words in bad:
        with pytest.raises(error, match=words):
            optimizer.add_param_group(group)
        assert_same(everything(optimizer), before)
    optimizer.step([np.ones(2)])


def test_lbfgs_has_one_group() -> None:
    with pytest.raises(ValueError, match="takes one group.*put them into one list"):
        LBFGS([np.ones(1)]).add_param_group({"params": [np.ones(1)]})


@pytest.mark.parametrize("mode", ["train", "eval"])
def test_a_later_group_of_schedule_free_has_the_mode_of_the_others(mode: str) -> None:
    w, later = np.array([4.0]), np.array([4.0])
    optimizer = ScheduleFreeSGD([w], lr=0.5)
    optimizer.step([w])
    getattr(optimizer, mode)()
    optimizer.add_param_group({"params": [later]})
    modes = [group["train_mode"] for group in optimizer.param_groups]
    assert modes == [mode == "train"] * 2
    optimizer.train()
    optimizer.step([w, later])
    optimizer.eval()
    assert later[0] == pytest.approx(2.0)  # its first iterate, which is the average of one
    assert optimizer.param_groups[1]["c"] == 1.0


# --- Gradients that are missing -----------------------------------------------------------------


@stepping
def test_a_parameter_without_a_gradient_stays_as_it_is(optimizer_class: Any) -> None:
    with_gaps, alone, other = matrix(), matrix(), matrix(3.0)
    optimizer, only = optimizer_class([with_gaps, other]), optimizer_class([alone])
    for t in range(6):
        if t in (0, 3):
            before = with_gaps.copy(), copy.deepcopy(optimizer.state[0])
            optimizer.step([None, matrix()])
            np.testing.assert_array_equal(with_gaps, before[0])
            assert_same(optimizer.state[0], before[1])
        else:
            optimizer.step([2 * with_gaps, matrix()])
            only.step([2 * alone])
    if optimizer_class not in (ScheduleFreeAdamW, ScheduleFreeSGD):  # they average over all steps
        np.testing.assert_array_equal(with_gaps, alone)
    assert optimizer.step_count == 6


def test_steps_without_any_gradient_change_nothing_but_the_count() -> None:
    optimizer = ScheduleFreeAdamW([np.ones(2)])
    optimizer.step([np.ones(2)])
    before = everything(optimizer)
    optimizer.step([None])
    after = everything(optimizer)
    assert after.pop("step") == 2 and after.pop("0.skipped") == 1
    before.pop("step")
    assert_same(after, before)


def test_lbfgs_takes_a_missing_gradient_as_0() -> None:
    fixed, free = np.array([1.0]), np.array([5.0])
    optimizer = LBFGS([fixed, free], line_search_fn="strong_wolfe")
    optimizer.step(lambda: (float(free[0] ** 2), [None, 2 * free]))
    assert fixed[0] == 1.0
    assert abs(free[0]) < 1e-6


@pytest.mark.parametrize("optimizer_class", MAXIMIZE, ids=lambda c: c.__name__)
def test_maximize_is_the_step_of_the_opposite_gradient(optimizer_class: Any) -> None:
    up, down = matrix(), matrix()
    climber, other = optimizer_class([up], maximize=True), optimizer_class([down])
    for _ in range(3):
        climber.step([2 * up])
        other.step([-2 * down])
    np.testing.assert_array_equal(up, down)
    assert (up != matrix()).all()


# --- Arrays that are shared, read-only or not plain ---------------------------------------------


def through_pickle(optimizer: Any) -> Any:
    return pickle.loads(pickle.dumps(optimizer))


@pytest.mark.parametrize("copied", [copy.deepcopy, through_pickle])
@stepping
def test_a_copied_optimizer_knows_its_parameters(
    optimizer_class: Any, copied: Callable[[Any], Any]
) -> None:
    # The gradient of the sum of squares, halved, is w itself.
    plain, shared = optimizer_class([matrix()], lr=0.5), optimizer_class([matrix()], lr=0.5)
    plain.step([plain.params[0].copy()])
    shared.step([shared.params[0]])
    shared = copied(shared)
    for _ in range(3):
        plain.step([plain.params[0].copy()])
        shared.step([shared.params[0]])
    np.testing.assert_array_equal(shared.params[0], plain.params[0])
    assert shared.params[0] is shared.param_groups[0]["params"][0]
    assert_same(shared.state_dict(), plain.state_dict())


def test_a_copied_schedule_free_optimizer_by_hand() -> None:
    optimizer = copy.deepcopy(ScheduleFreeSGD([np.array([4.0])], lr=0.5, momentum=0.5))
    for _ in range(2):
        optimizer.step([optimizer.params[0]])
    optimizer.eval()
    assert optimizer.params[0][0] == 1.5  # the mean of z = 2 and z = 1


@pytest.mark.parametrize("view", [lambda a: a, lambda a: a[:], lambda a: a.T.T])
@stepping
def test_a_gradient_that_is_an_array_of_the_state(
    optimizer_class: Any, view: Callable[[Array], Array]
) -> None:
    names = optimizer_class([matrix()]).state[0]
    for name in names:
        plain, shared = optimizer_class([matrix()]), optimizer_class([matrix()])
        for optimizer in (plain, shared):
            optimizer.step([matrix(3.0)])
        if plain.state[0][name].shape != (2, 2):
            continue
        plain.step([plain.state[0][name].copy()])
        shared.step([view(shared.state[0][name])])
        np.testing.assert_array_equal(shared.params[0], plain.params[0], err_msg=name)
        assert_same(shared.state_dict(), plain.state_dict())


@pytest.mark.parametrize("place", ["parameter", "state"])
def test_views_of_one_array_are_known(place: str) -> None:
    def moved(shared: bool) -> list[float]:
        whole = np.array([[1.0, 2.0], [3.0, 4.0]])
        # In two parameters, so that the first has moved when the second takes its gradient.
        optimizer = SGD([whole[0] if place == "parameter" else np.zeros(2), np.zeros(2)], lr=0.5)
        if place == "state":
            optimizer.param_groups[0]["momentum"] = 0.5
            optimizer.step([np.ones(2), np.ones(2)])
            optimizer.state[0]["momentum_buffer"] = whole[0]
        g = whole[0, ::-1] if shared else whole[0, ::-1].copy()
        optimizer.step([np.ones(2), g])
        return [*optimizer.params[1]]

    assert moved(shared=True) == moved(shared=False)


def test_the_momentum_buffer_as_gradient_by_hand() -> None:
    w = np.array([1.0])
    optimizer = SGD([w], lr=0.1, momentum=0.9)
    optimizer.step([np.array([1.0])])
    optimizer.step([optimizer.state[0]["momentum_buffer"]])  # v = 0.9 + 1
    assert w[0] == pytest.approx(0.71)


def test_a_view_made_with_strides_is_known_as_well() -> None:
    plain, w = np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 3.0])
    reversed_view = np.lib.stride_tricks.as_strided(w[2:], (3,), (-8,))
    # Two parameters, so that the first has moved when the second takes its gradient.
    one, two = SGD([plain, np.zeros(3)], lr=0.5), SGD([w, np.zeros(3)], lr=0.5)
    one.step([np.ones(3), plain[::-1].copy()])
    two.step([np.ones(3), reversed_view])
    np.testing.assert_array_equal(two.params[1], one.params[1])


@stepping
def test_a_parameter_made_read_only_stops_the_step_before_anything_moves(
    optimizer_class: Any,
) -> None:
    optimizer = optimizer_class([matrix(), matrix(2.0)])
    optimizer.step([matrix(), matrix()])
    optimizer.params[1].flags.writeable = False
    before = everything(optimizer)
    with pytest.raises(TypeError, match=r"parameter 1 was made read-only.*writeable = True"):
        optimizer.step([matrix(), matrix()])
    assert_same(everything(optimizer), before)


def test_an_only_parameter_made_read_only() -> None:
    optimizer = SGD([np.ones(2)])
    optimizer.params[0].flags.writeable = False
    with pytest.raises(TypeError, match="parameter 0 was made read-only"):
        optimizer.step([np.ones(2)])
    assert optimizer.step_count == 0


def test_what_comes_after_a_missing_gradient_is_checked() -> None:
    optimizer = SGD([np.ones(2), np.ones(2), np.ones(2)])
    with pytest.raises(FloatingPointError, match="gradient 2 has 1 NaN"):
        optimizer.step([np.ones(2), None, np.array([1.0, np.nan])])
    np.testing.assert_array_equal(optimizer.params[0], 1)


def test_lbfgs_and_a_parameter_made_read_only() -> None:
    optimizer = LBFGS([np.ones(2), np.ones(2)])
    optimizer.params[1].flags.writeable = False
    before = everything(optimizer)
    with pytest.raises(TypeError, match="parameter 1 was made read-only"):
        optimizer.step(lambda: (1.0, [np.ones(2), np.ones(2)]))
    assert_same(everything(optimizer), before)


@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
@pytest.mark.parametrize("make", [np.matrix, np.ma.array], ids=["matrix", "masked"])
def test_arrays_that_multiply_otherwise_are_refused(make: Any) -> None:
    kind = type(make([[1.0]])).__name__
    with pytest.raises(
        TypeError, match=f"parameter 0 is a {kind}, .*; pass a plain array.*np.asarray"
    ):
        Adam([make([[1.0, 2.0], [3.0, 4.0]])])
    optimizer = Adam([np.ones((2, 2))])
    before = everything(optimizer)
    with pytest.raises(
        TypeError, match=f"gradient 0 is a {kind}, .* else; pass a plain array: np.asarray"
    ):
        optimizer.step([make([[1.0, 2.0], [3.0, 4.0]])])
    assert_same(everything(optimizer), before)


def test_an_array_in_a_file_is_taken(tmp_path: Any) -> None:
    w = np.memmap(tmp_path / "w", float, "w+", shape=(2,))
    SGD([w], lr=1.0).step([np.memmap(tmp_path / "g", float, "w+", shape=(2,)) + 1])
    np.testing.assert_array_equal(w, [-1.0, -1.0])


@stepping
@pytest.mark.parametrize("shape", [(2, 0), (0, 2), (0, 0)])
def test_matrices_without_elements(optimizer_class: Any, shape: tuple[int, int]) -> None:
    full, alone = matrix(), matrix()
    optimizer, only = optimizer_class([np.zeros(shape), full]), optimizer_class([alone])
    for _ in range(2):
        optimizer.step([np.zeros(shape), matrix()])
        only.step([matrix()])
    np.testing.assert_array_equal(full, alone)
