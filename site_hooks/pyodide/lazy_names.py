"""For the browser, a package's `__init__.py` that imports what a name needs when it is asked for.

A lesson's cell takes a few names of `pylib.losses`, and waits for no other loss. Only packages that
gather names from modules of their own are rewritten; what a reader of the source sees stays plain.
"""

import ast

LOADER = """
def __getattr__(name):
    place = _PLACES.get(name)
    if place is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
    from importlib import import_module
    module = import_module(place)
    if place == f"{__name__}.{name}":
        return module
    value = globals()[name] = getattr(module, name)
    return value
def __dir__():
    return sorted({*globals(), *_PLACES} - {"_PLACES", "__getattr__", "__dir__"})
"""


def lazy(source: bytes, package: str) -> ast.Module:
    """A package's code with the imports of its own names put off; other code is left as it is.

    Raises:
        ValueError: a name is that of a module too, so that what it means would depend on what was
            imported first; or a name is imported under another one.
    """
    tree = ast.parse(source)
    own = {
        node: node.module
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        and node.module
        and node.module.startswith(f"{package}.")
    }
    if not own:
        return tree
    aliases = [(alias, module) for node, module in own.items() for alias in node.names]
    if any(alias.asname for alias, _ in aliases):
        raise ValueError(f"{package} gives names of its modules another name")
    places = {alias.name: module for alias, module in aliases}
    modules = {module.rpartition(".")[2]: module for module in own.values()}
    if both := places.keys() & modules.keys():
        raise ValueError(
            f"{package} has names that are modules of it too: {', '.join(sorted(both))}"
        )
    late = ast.parse(f"_PLACES = {places | modules!r}{LOADER}").body
    tree.body = [*(node for node in tree.body if node not in own), *late]
    return tree
