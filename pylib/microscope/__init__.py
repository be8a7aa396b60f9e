"""An optimizer taken apart: each step of a walk, with every number that its rule makes."""

from pylib.microscope.dissection import Dissection, dissect

__all__ = ["Dissection", "dissect"]
