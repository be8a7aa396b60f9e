"""The clinic of the last page: its curves are those of the programs below them."""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest

from pylib.data import load_digits
from site_hooks.content.cells import Cell
from tests.conftest import DOCS, Collect

PATIENTS = ["rate", "clear", "softmax", "sign", "leak", "shape"]


@pytest.fixture(scope="module")
def cells(collect: Collect) -> list[Cell]:
    path = DOCS / "takeaway.md"
    return collect(path.read_text(encoding="utf-8"), "takeaway", str(path))


def ran(cells: list[Cell], kind: str, name: str) -> dict[str, Any]:
    source = next(cell.source for cell in cells if (cell.kind, cell.id) == (kind, name))
    namespace: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(source, name, "exec"), namespace)
    plt.close("all")
    return namespace


@pytest.mark.parametrize("patient", PATIENTS)
def test_the_curves_of_a_patient_are_those_of_its_program(cells: list[Cell], patient: str) -> None:
    chart = ran(cells, "figure", f"clinic-{patient}-chart")
    program = ran(cells, "run", f"clinic-{patient}")
    for name in ("losses", "held"):
        np.testing.assert_allclose(chart[name], program[name], rtol=0.02, atol=0.01)


def test_what_the_page_says_of_the_patients(cells: list[Cell]) -> None:
    X, y = load_digits()
    softmax = ran(cells, "run", "clinic-softmax")["model"]
    assert round(float(np.mean(softmax.predict(X[640:960]) == y[640:960])), 2) == 0.81
    leak = ran(cells, "run", "clinic-leak")["model"]
    assert np.mean(leak.predict(X[640:960]) == y[640:960]) == 1
    np.testing.assert_allclose(np.mean(leak.predict(X[1280:]) != y[1280:]), 1 / 12, atol=0.005)
    shape = ran(cells, "run", "clinic-shape")
    np.testing.assert_allclose([shape["losses"][-1], np.var(shape["y"])], 12.62, atol=0.005)
