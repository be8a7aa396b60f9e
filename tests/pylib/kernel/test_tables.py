"""Which values are shown as tables, and what stands in them."""

from typing import Any

import numpy as np
import pytest

from pylib.gradcheck import check_gradient
from pylib.kernel.execute import run
from pylib.kernel.tables import MAX_COLUMNS, MAX_ROWS, table
from pylib.losses import MSELoss
from pylib.optimizers import SGD
from pylib.surfaces import Parabola
from pylib.training import minimize


def test_an_array_of_two_axes_is_a_table() -> None:
    assert table(np.array([[1.0, 0.1 + 0.2], [np.nan, 1e-12]])) == {
        "columns": ["0", "1"],
        "rows": [["1", "0.3"], ["nan", "1e-12"]],
        "of": [2, 2],
    }
    nothing = table([{"lr": 0.1}, {"lr": None}, {"n": 3}])
    assert nothing is not None
    assert nothing["rows"] == [["0.1", ""], ["None", ""], ["", "3"]]  # None is no missing key
    assert table(np.array([[1, 2]], dtype=np.int8))["rows"] == [["1", "2"]]  # type: ignore[index]
    assert table(np.array([[np.float32(0.1), 2]], np.float32))["rows"][0][1] == "2"  # type: ignore[index]


def test_records_are_a_table_of_all_that_one_of_them_has() -> None:
    assert table([{"lr": 0.1, "name": "<b>"}, {"lr": 1, "ok": True}]) == {
        "columns": ["lr", "name", "ok"],
        "rows": [["0.1", "<b>", ""], ["1", "", "True"]],
        "of": [2, 3],
    }
    records = np.array([(1, 2.5)], dtype=[("n", int), ("x", float)])
    assert table(records) == {"columns": ["n", "x"], "rows": [["1", "2.5"]], "of": [1, 2]}


@pytest.mark.parametrize(
    "value",
    [3, "a", [], [1, 2], [{}], [{1: 2}], [{"a": 1}, 2], {"a": 1}, np.ones(3), np.ones((2, 2, 2))],
    ids=repr,
)
def test_other_values_are_text(value: Any) -> None:
    assert table(value) is None


def test_a_large_table_is_cut_and_says_how_large_it_is() -> None:
    made = table(np.zeros((1000, 70)))
    assert made is not None
    assert len(made["rows"]) == MAX_ROWS
    assert {len(row) for row in made["rows"]} == {len(made["columns"])} == {MAX_COLUMNS}
    assert made["of"] == [1000, 70]
    long = table([{"a": "x" * 500}])
    assert long is not None
    assert len(long["rows"][0][0]) == 80


def test_reports_of_the_library_are_tables() -> None:
    trace = minimize(Parabola(2.0), SGD, start=[10.0], steps=2, lr=0.2)
    made = table(trace)
    assert made is not None
    assert made["columns"] == ["w[0]", "value", "lr"]
    assert made["rows"][0][0] == "10"
    assert made["rows"][2][2] == ""  # the last point has no rate
    report = table(check_gradient(MSELoss(), [1.0, 2.0], [0.0, 1.0]))
    assert report is not None
    assert report["columns"][0] == "max_relative_error"


def test_a_learners_own_report_is_text() -> None:
    source = (
        "class A:\n    _table_ = lambda self: {'x': [1]}\n    _repr_html_ = lambda self: '<b>'\nA()"
    )
    events: list[dict[str, Any]] = []
    run(source, {}, events.append)
    assert events[0]["kind"] == "result"
    assert "table" not in events[0]


def test_a_result_has_its_table_beside_its_text() -> None:
    events: list[dict[str, Any]] = []
    run("[{'a': 1}]", {}, events.append)
    assert events[0]["text"] == "[{'a': 1}]"
    assert events[0]["table"]["rows"] == [["1"]]
