"""The name that was probably meant by one that is not there."""

import re
import sys
from collections.abc import Iterable
from types import ModuleType

USUAL = {"np": "import numpy as np", "plt": "import matplotlib.pyplot as plt"}
LIBRARIES = ("numpy", "matplotlib", "pylib")
# Well known, and meant as they stand.
ELSEWHERE = ("torch", "torchvision", "tensorflow", "keras", "jax", "optax", "sklearn", "scipy")


def unknown_name(name: str, names: Iterable[str]) -> str:
    """Words on a name without a value."""
    if name == "___":
        return "There is still a blank ___ here. Put your own code in its place."
    if name in USUAL:
        return f"The name {name} has no value yet. Add {USUAL[name]} at the top of the cell."
    near = _nearest(name, names)
    meant = f" Did you mean {near}?" if near else " Check its spelling and capitals."
    return f"The name {name} has no value yet.{meant} If another cell defines it, run that first."


def meant(error: BaseException) -> str:
    """The question whether a name was meant that is there, or the advice to look again."""
    near = ""
    if isinstance(error, AttributeError) and isinstance(error.name, str):
        # The type's own names: to ask the value for its names may run the learner's code.
        owner = error.obj if isinstance(error.obj, ModuleType | type) else type(error.obj)
        near = _nearest(error.name, dir(owner), before=".")
    elif isinstance(error, ModuleNotFoundError) and error.name:
        parent, _, last = error.name.rpartition(".")
        if last in ELSEWHERE:
            return ""
        near = _nearest(last, _modules(parent), before=f"{parent}." if parent else "")
    elif isinstance(error, ImportError) and error.name in sys.modules:
        name = re.search(r"cannot import name '(\w+)'", str(error))
        near = _nearest(name[1] if name else "", dir(sys.modules[error.name]))
    return f" Did you mean {near}?" if near else " Check the spelling and capitals."


def _modules(parent: str) -> Iterable[str]:
    if not parent:
        return [*LIBRARIES, *sys.stdlib_module_names]
    import pkgutil

    return [module.name for module in pkgutil.iter_modules(sys.modules[parent].__path__)]


def _nearest(name: str, names: Iterable[str], before: str = "") -> str:
    """The likeliest of some names, or nothing."""
    import difflib

    public = [each for each in names if not each.startswith("_") and each != name]
    other_case = [each for each in public if each.casefold() == name.casefold()]
    near = other_case or difflib.get_close_matches(name, public, n=1)
    return before + near[0] if near else ""
