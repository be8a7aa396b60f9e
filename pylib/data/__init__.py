"""Small data sets, each seeded and given as (X, y)."""

from pylib.data.breast_cancer import load_breast_cancer
from pylib.data.images import load_digits, make_masks
from pylib.data.iris import load_iris
from pylib.data.points import make_blobs, make_moons, make_spirals
from pylib.data.sequences import make_sequences
from pylib.data.tables import make_line, make_spam, train_test_split

__all__ = [
    "load_breast_cancer",
    "load_digits",
    "load_iris",
    "make_blobs",
    "make_line",
    "make_masks",
    "make_moons",
    "make_sequences",
    "make_spam",
    "make_spirals",
    "train_test_split",
]
