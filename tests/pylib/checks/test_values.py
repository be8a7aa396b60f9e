"""Values, shapes and gradients: which entry is named, with which numbers."""

from typing import Any

import numpy as np
import pytest

from pylib.checks import (
    CheckError,
    ValuesDifferError,
    check_close,
    check_gradient,
    check_number,
    check_returned,
    check_shape,
)


def test_the_first_entry_that_differs_is_named_with_both_values() -> None:
    with pytest.raises(ValuesDifferError) as caught:
        check_close([[1, 2], [3, 5], [6, 6]], [[1, 2], [3, 4], [5, 6]], name="grad")
    assert str(caught.value) == "grad[1, 1] is 5; it should be 4 (2 entries differ)"
    assert (caught.value.index, caught.value.got, caught.value.want) == ((1, 1), 5.0, 4.0)
    with pytest.raises(AssertionError, match=r"^the result is 3; it should be 2$"):
        check_close(3, 2)


@pytest.mark.parametrize(
    ("got", "want", "ok"),
    [
        (1 + 1e-7, 1.0, True),
        (1 + 1e-5, 1.0, False),
        (1e-10, 0.0, True),
        (1e-8, 0.0, False),
        (np.nan, np.nan, True),
        (np.nan, 1.0, False),
        (np.inf, np.inf, True),
        (-np.inf, np.inf, False),
        ([True, False], [1, 0], True),
    ],
)
def test_tolerances_and_what_is_no_number(got: Any, want: Any, ok: bool) -> None:
    if ok:
        check_close(got, want)
    else:
        with pytest.raises(ValuesDifferError):
            check_close(got, want)


def test_the_tolerances_are_the_caller_s() -> None:
    check_close(1.1, 1.0, rtol=0.2)
    check_close(0.1, 0.0, atol=0.2)
    with pytest.raises(ValueError, match="rtol is -1"):
        check_close(1.0, 1.0, rtol=-1)


def test_values_that_look_alike_are_shown_with_all_digits() -> None:
    with pytest.raises(ValuesDifferError, match=r"is 1\.00000001; it should be 1\.0$"):
        check_close(1.00000001, 1.0, rtol=1e-12)


@pytest.mark.parametrize(
    ("got", "words"),
    [
        (None, "loss is None; does the function return it?"),
        (..., "loss is still ...; put your own code in its place"),
        ("2", "loss is of type str; it should be numbers"),
        ([[1], [1, 2]], "loss is of type list; it should be numbers"),
        ([1.0, 2.0], "loss has shape (2,); it should be a single number"),
    ],
)
def test_what_is_no_single_number_is_said(got: Any, words: str) -> None:
    if got == "2":
        got = object()
        words = words.replace("str", "object")
    with pytest.raises(CheckError) as caught:
        check_close(got, 2.0, name="loss")
    assert str(caught.value) == words


def test_shapes() -> None:
    check_shape(np.zeros((2, 3)), (2, 3))
    check_shape(3.0, ())
    check_shape(np.zeros((2, 3)), (-1, 3))
    for shape, words in [
        ((3, 2), "x has shape (2, 3); it should have shape (3, 2)"),
        ((6,), "x has shape (2, 3); it should have shape (6,)"),
        ((-1, 4), "x has shape (2, 3); it should have shape (any length, 4)"),
    ]:
        with pytest.raises(CheckError) as caught:
            check_shape(np.zeros((2, 3)), shape, name="x")
        assert str(caught.value) == words
    with pytest.raises(CheckError, match=r"is a single number; it should have shape \(3,\)"):
        check_shape(3.0, (3,))


def test_a_gradient_is_compared_with_differences() -> None:
    at = np.array([[0.5, -1.0], [2.0, 0.1]])
    check_gradient(lambda w: 3 * w**2, lambda w: np.sum(w**3), at)
    with pytest.raises(ValuesDifferError) as caught:
        check_gradient(lambda w: 3 * w * abs(w), lambda w: np.sum(w**3), at, name="slope")
    assert caught.value.index == (0, 1)
    assert str(caught.value) == "slope[0, 1] is -3; differences give 3"
    with pytest.raises(CheckError, match=r"gradient is a single number; it should have shape"):
        check_gradient(lambda w: 1.0, lambda w: np.sum(w), at)
    with pytest.raises(CheckError, match="gradient is None"):
        check_gradient(lambda w: None, lambda w: np.sum(w), at)


def test_checking_a_gradient_leaves_its_point_alone() -> None:
    at = np.array([1.0, 2.0])

    def spoils(w: Any) -> Any:
        w *= 2
        return w

    check_gradient(spoils, lambda w: np.sum(w**2), at)
    assert at.tolist() == [1.0, 2.0]


def test_a_function_may_change_what_it_is_given() -> None:
    def doubled(values: Any, rows: Any) -> Any:
        values *= 2
        rows[0][0] = 9
        return values

    given, rows = np.array([1.0, 2.0]), [[1.0], [2.0]]
    for _ in range(2):
        np.testing.assert_array_equal(check_returned(doubled, given, rows, shape=(2,)), [2.0, 4.0])
    assert given.tolist() == [1.0, 2.0]
    assert rows == [[1.0], [2.0]]


def test_lists_generators_and_numbers_in_an_array_are_taken() -> None:
    assert check_returned(lambda: [[1], [2]], shape=(2, 1)).shape == (2, 1)
    assert check_returned(lambda: (i for i in range(3)), shape=(-1,)).tolist() == [0.0, 1.0, 2.0]
    assert check_returned(lambda: np.array([[2.5]])).shape == ()
    assert check_number(np.array([2.5])) == 2.5


@pytest.mark.parametrize(
    ("got", "shape", "words"),
    [
        (
            None,
            (),
            "What f returns is None: it has no return, or hands on a call without one, "
            "such as print",
        ),
        (..., (), "What f returns is still ...; put your own code in its place"),
        ([1, 2], (), "What f returns has shape (2,); it should be a single number"),
        (1.0, (2,), "What f returns is a single number; it should have shape (2,)"),
        ([1, 2, 3], (2,), "What f returns has shape (3,); it should have shape (2,)"),
        ({1, 2}, (2,), "What f returns is of type set; it should be numbers"),
        ([[1], [1, 2]], (2,), "What f returns is of type list; it should be numbers"),
    ],
)
def test_no_return_no_numbers_and_other_shapes_are_said_in_words(
    got: Any, shape: tuple[int, ...], words: str
) -> None:
    def f() -> Any:
        return got

    with pytest.raises(CheckError) as caught:
        check_returned(f, shape=shape)
    assert str(caught.value) == words


def test_a_lambda_has_no_name_to_call_it_by() -> None:
    with pytest.raises(CheckError, match=r"^What the function returns is None"):
        check_returned(lambda: None)
