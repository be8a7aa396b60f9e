"""What an editor can offer: names of a namespace, without a call of what a learner wrote."""

import json
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from pylib.kernel import execute
from pylib.kernel.names import described, index, members
from pylib.losses import HuberLoss
from pylib.training import fit


def named(found: list[dict[str, Any]] | None) -> dict[str, dict[str, Any]]:
    assert found is not None
    return {entry["name"]: entry for entry in found}


@pytest.mark.parametrize(
    ("value", "detail"),
    [
        (3, "int 3"),
        ("a" * 99, f"str '{'a' * 38}…"),
        ([1, 2], "list of 2"),
        (np.ones((2, 3)), "array (2, 3) float64"),
        (HuberLoss(), "HuberLoss"),
    ],
    ids=str,
)
def test_a_variable_says_what_it_holds(value: object, detail: str) -> None:
    assert described("x", value) == {"name": "x", "kind": "variable", "detail": detail}


def test_a_function_has_its_signature_and_what_its_docstring_says_of_parameters() -> None:
    entry = described("fit", fit)
    assert entry["detail"].startswith("(model, loss, optimizer, X, y, epochs, batch_size=32, ")
    assert entry["detail"].endswith("report=print)")
    assert entry["doc"].startswith("Train: forward pass")
    assert entry["params"]["X"] == "Inputs, N rows."
    linspace = described("linspace", np.linspace)
    assert linspace["params"]["start"] == "array_like"
    assert linspace["doc"] == "Return evenly spaced numbers over a specified interval."


def test_what_numpy_wrote_in_c_has_a_signature_too() -> None:
    assert described("exp", np.exp)["detail"].startswith("(x, /, out=None")
    assert described("array", np.array)["detail"].startswith("(object")
    assert "doc" in described("sum", np.ndarray.sum)


def test_a_path_is_followed_without_a_call_of_what_a_learner_wrote() -> None:
    called = []

    class Odd:
        """Odd."""

        plain = 3

        def __init__(self) -> None:
            object.__setattr__(self, "inner", np.ones(2))

        @property
        def costly(self) -> int:
            called.append("costly")
            return 1

        def __getattr__(self, name: str) -> int:
            called.append(name)
            return 1

        def __getattribute__(self, name: str) -> Any:
            called.append(name)
            raise SystemExit

        def __dir__(self) -> list[str]:
            called.append("dir")
            return []

        def __repr__(self) -> str:
            called.append("repr")
            return ""

        def __len__(self) -> int:
            called.append("len")
            return 1

    namespace: dict[str, Any] = {"odd": Odd(), "_hidden": 1}
    namespace["uses"] = lambda x=namespace["odd"], y=(namespace["odd"],), z=print: x
    found = named(members(namespace, "odd"))
    assert set(found) == {"plain", "inner", "costly"}
    assert found["costly"]["kind"] == "property"
    assert "shape" in named(members(namespace, "odd.inner"))
    assert members(namespace, "odd.inner.nothing") is None
    assert named(members(namespace, "odd.costly"))  # of the property itself
    assert named(members(namespace, ""))["uses"]["detail"] == "(x=…, y=…, z=print)"
    assert set(named(members(namespace, ""))) == {"odd", "uses"}
    assert not called


def test_a_page_asks_for_the_names_of_a_session() -> None:
    request = {"id": 1, "source": "w = 0.25", "session": "names:main", "cell": "a"}
    execute.serve(json.dumps({**request, "theme": "light"}), lambda event, data: None)
    asked = {"session": "names:main", "path": ""}
    assert named(json.loads(execute.names(json.dumps(asked)))) == {
        "w": {"name": "w", "kind": "variable", "detail": "float 0.25"}
    }
    assert json.loads(execute.names(json.dumps({**asked, "session": "none:main"}))) is None


def test_the_index_lists_modules_and_with_a_star_their_classes() -> None:
    made = index(["pylib.losses*", "numpy.ndarray", "numpy"])
    assert "HuberLoss" in named(made["pylib.losses"])
    assert {"reduction", "gradient"} <= set(named(made["pylib.losses.HuberLoss"]))
    assert "reshape" in named(made["numpy.ndarray"])
    assert "linalg" not in named(made["numpy"])  # which is not asked for


def test_the_index_lists_the_modules_of_a_package_and_those_that_can_be_imported() -> None:
    made = index(["pylib.losses", "matplotlib.axes.Axes", "math"])
    tops = [entry["name"] for entry in made[""]]
    assert {"json", "math", "matplotlib", "pylib"} <= set(tops)
    assert len(tops) == len(set(tops))
    assert {entry["kind"] for entry in made[""]} == {"module"}
    assert named(made["pylib"])["losses"]["kind"] == "module"
    assert named(made["matplotlib"])["axes"]["kind"] == "module"
    assert named(made["matplotlib.axes"])["Axes"]["kind"] == "class"
    assert "sqrt" in named(made["math"])


def test_a_heading_is_no_description() -> None:
    assert described("linalg", np.linalg)["doc"].startswith("The NumPy linear algebra functions")


def test_the_index_is_the_same_every_time() -> None:
    command = [sys.executable, "-m", "pylib.kernel.names", "pylib.training*", "numpy.linalg"]
    first, second = (subprocess.run(command, capture_output=True, check=True) for _ in range(2))
    assert first.stdout == second.stdout
    assert b"0x" not in first.stdout
