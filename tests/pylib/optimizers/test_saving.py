"""What a file may hold of an optimizer's state, and what is refused."""

import io
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pylib.optimizers import (
    LBFGS,
    SGD,
    Adadelta,
    Adafactor,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    NAdam,
    RAdam,
    RMSprop,
    Rprop,
    ScheduleFreeAdamW,
)


def through_json(flat: dict[str, Any]) -> Any:
    return json.loads(json.dumps({key: np.asarray(v).tolist() for key, v in flat.items()}))


def through_npz(flat: dict[str, Any]) -> Any:
    file = io.BytesIO()
    np.savez(file, **flat)
    file.seek(0)
    return np.load(file)


through = pytest.mark.parametrize("through", [dict, through_json, through_npz])


def assert_same(found: dict[str, Any], expected: dict[str, Any]) -> None:
    assert found.keys() == expected.keys()
    for key, value in expected.items():
        np.testing.assert_array_equal(found[key], value, err_msg=key)


def refused(optimizer: Any, change: dict[str, Any], error: type[Exception], words: str) -> None:
    """Assert that a changed state is refused, and nothing is changed by it."""
    before = optimizer.state_dict()
    with pytest.raises(error, match=words):
        optimizer.load_state_dict(optimizer.state_dict() | change)
    assert_same(optimizer.state_dict(), before)


SQUARES = [
    (Adadelta, "square_avg", {}),
    (Adadelta, "acc_delta", {}),
    (Adafactor, "row_var", {}),
    (Adafactor, "col_var", {}),
    (Adagrad, "sum", {}),
    (Adam, "exp_avg_sq", {}),
    (Adam, "max_exp_avg_sq", {"amsgrad": True}),
    (AdamW, "exp_avg_sq", {}),
    (AdamW, "max_exp_avg_sq", {"amsgrad": True}),
    (Adamax, "exp_inf", {}),
    (NAdam, "exp_avg_sq", {}),
    (NAdam, "mu_product", {}),
    (RAdam, "exp_avg_sq", {}),
    (RMSprop, "square_avg", {}),
    (Rprop, "step_size", {}),
    (ScheduleFreeAdamW, "exp_avg_sq", {}),
]


@pytest.mark.parametrize(("optimizer_class", "name", "settings"), SQUARES)
def test_squares_below_0_are_refused(
    optimizer_class: Any, name: str, settings: dict[str, Any]
) -> None:
    optimizer = optimizer_class([np.ones((2, 2))], **settings)
    optimizer.step([np.ones((2, 2))])
    spoiled = np.array(optimizer.state[0][name])
    spoiled.flat[0] = -2.0
    words = rf"0\.{name} has values below 0, down to -2, and is never negative; load the state as"
    refused(optimizer, {f"0.{name}": spoiled}, ValueError, words)


def test_a_vector_of_adafactor_below_0_is_refused() -> None:
    optimizer = Adafactor([np.ones(2)])
    refused(optimizer, {"0.variance": -np.ones(2)}, ValueError, "0.variance has values below 0")


def test_averages_may_be_below_0_and_nothing_may_be_nan() -> None:
    optimizer = Adam([np.ones(2)])
    optimizer.load_state_dict(optimizer.state_dict() | {"0.exp_avg": [-1.0, -2.0]})
    assert optimizer.state[0]["exp_avg"].tolist() == [-1.0, -2.0]
    refused(optimizer, {"0.exp_avg": [np.nan, 1]}, ValueError, "0.exp_avg has 1 NaN among 2 values")


@pytest.mark.parametrize("key", ["0.exp_avg", "group0.betas", "step"])
def test_ragged_lists_are_named(key: str) -> None:
    words = f"{key} has rows of different lengths, which make no array; load the state"
    refused(Adam([np.ones(2)]), {key: [[1.0, 2.0], [3.0]]}, ValueError, words)


def test_a_file_of_float64_may_overflow_in_float32() -> None:
    optimizer = Adam([np.ones(2, np.float32)])
    optimizer.load_state_dict(optimizer.state_dict() | {"0.exp_avg_sq": [1e300, 1.0]})
    assert optimizer.state[0]["exp_avg_sq"].tolist() == [np.inf, 1.0]


def test_an_array_laid_out_by_columns_is_loaded_by_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Adam, "block_bytes", 32)  # blocks are cut from the rows
    start = np.arange(12.0).reshape(3, 4)
    plain, loaded = start.copy(), start.copy()
    one, two = Adam([plain]), Adam([loaded])
    one.step([start + 1])
    loaded[...] = plain
    by_columns = {f"0.{name}": array.copy("F") for name, array in one.state[0].items()}
    two.load_state_dict(one.state_dict() | by_columns)
    for _ in range(3):
        one.step([start - 3])
        two.step([start - 3])
    np.testing.assert_array_equal(loaded, plain)


@through
def test_a_setting_of_none_comes_back(through: Callable[[Any], Any]) -> None:
    optimizer, fresh = Adafactor([np.ones(2)], eps=(None, 0.5)), Adafactor([np.ones(2)], eps=(1, 1))
    fresh.load_state_dict(through(optimizer.state_dict()))
    assert fresh.param_groups[0]["eps"] == (None, 0.5)
    assert_same(fresh.state_dict(), optimizer.state_dict())


def test_a_state_has_no_entry_that_is_not_a_setting_or_an_array() -> None:
    assert set(SGD([np.ones(1)], momentum=0.9).state_dict()) == {
        "step",
        "0.momentum_buffer",
        "group0.lr",
        "group0.momentum",
        "group0.dampening",
        "group0.weight_decay",
        "group0.nesterov",
        "group0.maximize",
    }


@through
def test_a_file_from_before_maximize_is_loaded(through: Callable[[Any], Any]) -> None:
    optimizer, fresh = Adam([np.ones(2)]), Adam([np.ones(2)], maximize=True)
    optimizer.step([np.ones(2)])
    old = optimizer.state_dict() | {"group0.lr_ratio": 1.0}
    del old["group0.maximize"]
    fresh.load_state_dict(through(old))
    assert_same(fresh.state_dict(), optimizer.state_dict())


@through
@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_settings_and_their_state_come_from_the_file(
    through: Callable[[Any], Any], momentum: float
) -> None:
    w = np.ones(2)
    optimizer = SGD([w], momentum=0.9 - momentum)
    optimizer.step([np.ones(2)])
    optimizer.param_groups[0]["momentum"] = momentum
    optimizer.step([np.ones(2)])
    resumed_w = w.copy()
    resumed = SGD([resumed_w], momentum=0.9 - momentum)
    resumed.load_state_dict(through(optimizer.state_dict()))
    for _ in range(2):
        optimizer.step([np.ones(2)])
        resumed.step([np.ones(2)])
    np.testing.assert_array_equal(resumed_w, w)
    assert_same(resumed.state_dict(), optimizer.state_dict())


@through
def test_skipped_steps_are_saved(through: Callable[[Any], Any]) -> None:
    a, b = np.ones(2), np.ones(2)
    optimizer = Adam([a, b])
    for grads in ([np.ones(2), None], [np.ones(2), None], [np.ones(2), np.ones(2)]):
        optimizer.step(grads)
    assert optimizer.state_dict()["1.skipped"] == 2
    assert "0.skipped" not in optimizer.state_dict()
    params = [a.copy(), b.copy()]
    resumed = Adam(params)
    resumed.step([None, None])  # of its own skipped steps nothing is left
    resumed.load_state_dict(through(optimizer.state_dict()))
    optimizer.step([np.ones(2), -np.ones(2)])
    resumed.step([np.ones(2), -np.ones(2)])
    np.testing.assert_array_equal(params, [a, b])
    refused(resumed, {"1.skipped": 9}, ValueError, r"1.skipped is 9; .* from 0 to 4")
    refused(resumed, {"1.skipped": -1}, ValueError, "1.skipped is -1")


def test_what_is_missing_or_unknown_is_named() -> None:
    optimizer = Adam([np.ones(2)])
    flat = optimizer.state_dict()
    del flat["0.exp_avg"], flat["group0.eps"]
    words = (
        r"state of such a Adam: missing \['0.exp_avg', 'group0.eps'\], unknown \['7.exp_avg', "
        r"'group0.speed'\]; build the optimizer with the groups and settings"
    )
    with pytest.raises(ValueError, match=words):
        optimizer.load_state_dict(flat | {"7.exp_avg": 1, "group0.speed": 2})


def test_a_history_of_lbfgs_must_fit_together() -> None:
    w = np.array([-1.2, 1.0])

    def rosenbrock() -> tuple[float, list[Any]]:
        x, y = w
        grad = np.array([-400 * x * (y - x * x) - 2 * (1 - x), 200 * (y - x * x)])
        return float((1 - x) ** 2 + 100 * (y - x * x) ** 2), [grad]

    optimizer = LBFGS([w], max_iter=4, line_search_fn="strong_wolfe")
    optimizer.step(rosenbrock)
    flat = optimizer.state_dict()
    assert flat["0.old_dirs"].shape == flat["0.old_stps"].shape == (len(flat["0.ro"]), 2)
    optimizer.load_state_dict(flat)
    kinds = {name: type(value).__name__ for name, value in optimizer.state[0].items()}
    assert (kinds["ro"], kinds["old_dirs"]) == ("ndarray", "list")
    words = r"0.old_dirs has shape \(1, 2\), and this optimizer's \(2, 2\)"
    refused(optimizer, {"0.old_dirs": flat["0.old_dirs"][:1]}, ValueError, words)
    refused(optimizer, {"0.ro": -flat["0.ro"]}, ValueError, "0.ro has values below 0")
    refused(optimizer, {"0.ro": [[1.0], [1.0, 2.0]]}, ValueError, "0.ro has rows of different")
