"""Which cells of a page a cell needs: the names that it reads, and the cells that make them.

The build asks it of the lesson's code, the page of the learner's. Code is read, never run; only a
star import looks into its module.
"""

import ast
import builtins
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial

from pylib.kernel.depth import depth

# Found in every namespace.
_GIVEN = {*dir(builtins), "__annotations__", "__builtins__"}


@dataclass(frozen=True)
class Names:
    """What a cell takes from its namespace before it binds it, and what it leaves there."""

    taken: list[str]
    made: list[str]


@lru_cache(maxsize=2048)  # a page asks for all its cells, and one has changed
def names(source: str) -> Names:
    r"""The names that a cell takes and makes, each in the order of its code.

    What a function reads counts where the function is named, as it may be called there. A loop
    counts as run, a branch only if every other binds the same.

    Args:
        source: Python source.

    Raises:
        SyntaxError: the source is no Python.

    Examples:
        >>> names("w = w - lr * grad(w)\nhistory.append(w)")
        Names(taken=['w', 'lr', 'grad', 'history'], made=['w'])
        >>> names("import math\ndef f(x):\n    return math.cos(x) * scale\nf(1)")
        Names(taken=['scale'], made=['math', 'f'])
    """
    return _Flow().of(ast.parse(source))


def needs(cells: Sequence[tuple[str, Names]]) -> dict[str, list[str]]:
    """The cells that each cell needs: for every name the nearest maker above, else one below.

    Args:
        cells: Id and names of each cell of a session, in the page's order.

    Returns:
        By id, the ids of the cells needed directly, in the page's order.

    Examples:
        >>> needs([("data", names("x = 1")), ("plot", names("print(x, y)")), ("y", names("y = x"))])
        {'data': [], 'plot': ['data', 'y'], 'y': ['data']}
    """
    found: dict[str, list[str]] = {}
    for place, (own, cell) in enumerate(cells):
        wanted = set()
        for name in cell.taken:
            makers = [at for at, (_, c) in enumerate(cells) if at != place and name in c.made]
            above = [at for at in makers if at < place]
            if makers:
                wanted.add(above[-1] if above else makers[0])
        found[own] = [cells[at][0] for at in sorted(wanted)]
    return found


def survey(cells: str) -> str:
    """What `needs` finds in the code that learners have, for a page.

    Args:
        cells: JSON, a list of `SurveyedCell` of protocol.ts in the page's order. A cell that is no
            Python just now counts as making what the lesson's code makes, and needs nothing.

    Returns:
        JSON, a `Survey` of protocol.ts.

    Examples:
        >>> cells = [{"id": "a", "source": "x = (", "lesson": "x = 1"}]
        >>> found = survey(json.dumps([*cells, {"id": "b", "source": "x", "lesson": "1"}]))
        >>> json.loads(found)["b"]
        {'needs': ['a'], 'makes': [], 'depth': 'python'}
    """
    asked = json.loads(cells)
    found = [(cell["id"], _names_or(cell["source"], cell["lesson"])) for cell in asked]
    needed = needs(found)
    deep = {cell["id"]: depth(cell["source"]) for cell in asked}
    return json.dumps(
        {own: {"needs": needed[own], "makes": n.made, "depth": deep[own]} for own, n in found}
    )


def _names_or(source: str, lesson: str) -> Names:
    try:
        return names(source)
    except (SyntaxError, ValueError, RecursionError):
        try:
            return Names([], names(lesson).made)
        except SyntaxError:
            return Names([], [])


# --- What is read inside of functions ---

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass
class _Block:
    """The names of one function or comprehension, nested ones left aside."""

    bound: set[str] = field(default_factory=set)
    read: dict[str, None] = field(default_factory=dict)
    of_module: set[str] = field(default_factory=set)
    outer: set[str] = field(default_factory=set)
    inner: list[ast.AST] = field(default_factory=list)


@dataclass(frozen=True)
class _Free:
    """What a function reads and binds of the module's names."""

    read: list[str]
    bound: list[str]


def _bound_by(node: ast.AST) -> list[str]:
    """The names that a node binds by itself, those of assigned `Name`s left aside."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return [node.name]
        case ast.alias() if node.name != "*":
            return [node.asname or node.name.partition(".")[0]]
        case ast.ExceptHandler() | ast.MatchAs() | ast.MatchStar() if node.name:
            return [node.name]
        case ast.MatchMapping() if node.rest:
            return [node.rest]
    return []


def _outside(node: ast.AST) -> list[ast.AST]:
    """The parts of a nested scope that the scope around it works out."""
    outside: list[ast.AST] = list(getattr(node, "decorator_list", ()))
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            outside += [*node.args.defaults, *(d for d in node.args.kw_defaults if d)]
        case ast.ClassDef():
            outside += [*node.bases, *(keyword.value for keyword in node.keywords)]
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            outside.append(node.generators[0].iter)
    return outside


def _annotations(node: ast.AST) -> list[ast.AST]:
    if isinstance(node, ast.AnnAssign):
        return [node.annotation]
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return []
    return [a for a in (*(a.annotation for a in _parameters(node)), node.returns) if a]


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> list[ast.arg]:
    args = node.args
    stars = [arg for arg in (args.vararg, args.kwarg) if arg]
    return [*args.posonlyargs, *args.args, *args.kwonlyargs, *stars]


def _walrus(node: ast.AST) -> list[str]:
    """The names that `:=` in a comprehension binds around it."""
    found = []
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.NamedExpr):
            found.append(part.target.id)
        if not isinstance(part, _FUNCTIONS):
            found += _walrus(part)
    return found


def _block(nodes: Iterable[ast.AST]) -> _Block:
    block = _Block()
    waiting = list(reversed(list(nodes)))
    while waiting:
        node = waiting.pop()
        block.bound.update(_bound_by(node))
        match node:
            case ast.Name(ctx=ast.Load()):
                block.read[node.id] = None
            case ast.Name(ctx=ast.Del()):
                block.read[node.id] = None
                block.bound.add(node.id)
            case ast.Name():
                block.bound.add(node.id)
            case ast.AugAssign(target=ast.Name(id=name)):
                block.read[name] = None
            case ast.Global():
                block.of_module.update(node.names)
            case ast.Nonlocal():
                block.outer.update(node.names)
        if isinstance(node, (*_FUNCTIONS, *_COMPREHENSIONS, ast.ClassDef)):
            block.inner.append(node)
            if isinstance(node, _COMPREHENSIONS):
                block.bound.update(_walrus(node))
            waiting += reversed(_outside(node))
        else:
            waiting += reversed(list(ast.iter_child_nodes(node)))
    return block


def _free(node: ast.AST, around: frozenset[str] = frozenset()) -> _Free:
    """What a nested scope takes from the module, with all that is nested in it.

    Args:
        node: A function, class or comprehension.
        around: The names that the functions around it bind.
    """
    own: set[str] = {param.name for param in getattr(node, "type_params", ())}
    body: list[ast.AST]
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            own |= {arg.arg for arg in _parameters(node)}
            body = [*node.body] if isinstance(node.body, list) else [node.body]
        case ast.ClassDef():
            body = list(node.body)
        case _:
            body = list(ast.iter_child_nodes(node))
    block = _block(body)
    walrus = set(_walrus(node)) if isinstance(node, _COMPREHENSIONS) else set()
    own |= block.bound - block.of_module - block.outer - walrus
    known = around - block.of_module
    read = [n for n in block.read if n in block.of_module or n not in own | known]
    bound = [n for n in block.bound if n in block.of_module]
    visible = known if isinstance(node, ast.ClassDef) else known | own
    for inner in block.inner:
        free = _free(inner, frozenset(visible))
        read += free.read
        bound += free.bound
    return _Free(list(dict.fromkeys(read)), list(dict.fromkeys(bound)))


# --- The module, statement by statement ---


class _Flow:
    """Goes through a cell in the order in which Python does."""

    def __init__(self) -> None:
        self._bound: set[str] = set()  # for certain, where the flow has come to
        self._ever: set[str] = set()
        self._taken: dict[str, None] = {}
        self._made: dict[str, None] = {}
        self._functions: dict[str, _Free] = {}  # by the name that they go by
        self._later: dict[str, None] = {}  # read by what may be called after the cell
        self._classes: list[set[str]] = []  # the names of the class bodies around
        self._methods: list[list[_Free]] = []  # and what their functions take

    def of(self, tree: ast.Module) -> Names:
        self._run(tree.body)
        for name in self._later:
            if name not in self._ever and name not in _GIVEN:
                self._taken[name] = None
        return Names(list(self._taken), list(self._made))

    # Names.

    def _read(self, name: str, through: frozenset[str] = frozenset()) -> None:
        if any(name in own for own in self._classes[-1:]):
            return
        if name not in self._bound:
            if name not in _GIVEN:
                self._taken[name] = None
            return
        function = self._functions.get(name)
        if function and name not in through:
            self._call(function, through | {name})

    def _call(self, function: _Free, through: frozenset[str] = frozenset()) -> None:
        for name in function.read:
            self._read(name, through)
        for name in function.bound:
            self._bind_in_module(name)

    def _bind(self, name: str) -> None:
        if self._classes:
            self._classes[-1].add(name)
        else:
            self._bind_in_module(name)

    def _bind_in_module(self, name: str) -> None:
        self._bound.add(name)
        self._ever.add(name)
        self._functions.pop(name, None)
        if name != "_":
            self._made[name] = None

    def _unbind(self, name: str) -> None:
        if self._classes:
            self._classes[-1].discard(name)
            return
        self._bound.discard(name)
        self._functions.pop(name, None)
        self._made.pop(name, None)

    def _define(self, name: str, function: _Free) -> None:
        self._later.update(dict.fromkeys(function.read))
        self._bind(name)
        if self._classes:
            self._methods[-1].append(function)
        else:
            self._functions[name] = function

    # Expressions, in the order of their parts.

    def _work_out(self, *nodes: ast.AST | None) -> None:
        for node in nodes:
            match node:
                case None:
                    pass
                case ast.Name(ctx=ast.Load()):
                    self._read(node.id)
                case ast.Name(ctx=ast.Del()):
                    self._read(node.id)
                    self._unbind(node.id)
                case ast.Name():
                    self._bind(node.id)
                case ast.NamedExpr():
                    self._work_out(node.value, node.target)
                case ast.Lambda():
                    self._work_out(*_outside(node))
                    self._call(_free(node))
                case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                    self._work_out(*_outside(node))
                    for name in _walrus(node):
                        self._bind(name)
                    self._call(_free(node))
                case _:
                    for name in _bound_by(node):
                        self._bind(name)
                    self._work_out(*ast.iter_child_nodes(node))

    # Statements.

    def _run(self, statements: Iterable[ast.stmt]) -> bool:
        """Whether the flow leaves this block before its end."""
        left = False
        for statement in statements:
            left = self._step(statement) or left
        return left

    def _step(self, node: ast.stmt) -> bool:
        self._later.update(dict.fromkeys(_block(_annotations(node)).read))
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._work_out(*_outside(node))
                self._define(node.name, _free(node))
            case ast.ClassDef():
                self._work_out(*_outside(node))
                self._run_class(node)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda() as function):
                self._work_out(*_outside(function))
                self._define(name, _free(function))
            case ast.Assign():
                self._work_out(node.value, *node.targets)
            case ast.AugAssign():
                if isinstance(node.target, ast.Name):
                    self._read(node.target.id)
                self._work_out(node.value, node.target)
            case ast.AnnAssign():
                self._work_out(node.value)
                if node.value or not isinstance(node.target, ast.Name):
                    self._work_out(node.target)
            case ast.For() | ast.AsyncFor():
                self._work_out(node.iter, node.target)
                self._run([*node.body, *node.orelse])
            case ast.While():
                self._work_out(node.test)
                self._run([*node.body, *node.orelse])
            case ast.If():
                self._work_out(node.test)
                return self._branches([node.body, node.orelse])
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    self._work_out(item.context_expr, item.optional_vars)
                return self._run(node.body)
            case ast.Try() | ast.TryStar():
                return self._try(node)
            case ast.Match():
                self._work_out(node.subject)
                return self._match(node)
            case ast.ImportFrom(names=[ast.alias(name="*")]):
                for name in _star(node.module or ""):
                    self._bind(name)
            case ast.Raise() | ast.Return() | ast.Break() | ast.Continue():
                self._work_out(*ast.iter_child_nodes(node))
                return True
            case _ if type(node).__name__ == "TypeAlias":  # of Python 3.12, and lazy
                alias, value, *_ = ast.iter_child_nodes(node)
                self._work_out(alias)
                self._later.update(dict.fromkeys(_block([value]).read))
            case _:
                self._work_out(*ast.iter_child_nodes(node))
        return False

    def _run_class(self, node: ast.ClassDef) -> None:
        self._classes.append({param.name for param in getattr(node, "type_params", ())})
        self._methods.append([])
        self._run(node.body)
        self._classes.pop()
        methods = self._methods.pop()
        read = [name for method in methods for name in method.read]
        bound = [name for method in methods for name in method.bound]
        self._define(node.name, _Free(list(dict.fromkeys(read)), list(dict.fromkeys(bound))))

    def _branches(self, branches: Sequence[Sequence[ast.stmt]]) -> bool:
        return self._alternatives([partial(self._run, body) for body in branches])

    def _alternatives(self, ways: Sequence[Callable[[], bool]]) -> bool:
        """Goes one of several ways: what each of those binds that come to their end is bound."""
        before = set(self._bound)
        ends = []
        for way in ways:
            self._bound = set(before)
            if not way():
                ends.append(self._bound)
        self._bound = set.intersection(*ends) if ends else before
        return not ends

    def _try(self, node: ast.Try | ast.TryStar) -> bool:
        def handle(handler: ast.ExceptHandler) -> bool:
            self._work_out(handler.type)
            if handler.name:
                self._bind(handler.name)
            left = self._run(handler.body)
            if handler.name:
                self._unbind(handler.name)
            return left

        ways: list[Callable[[], bool]] = [lambda: self._run([*node.body, *node.orelse])]
        ways += [partial(handle, handler) for handler in node.handlers]
        left = self._alternatives(ways)
        return self._run(node.finalbody) or left

    def _match(self, node: ast.Match) -> bool:
        def take(case: ast.match_case) -> bool:
            self._work_out(case.pattern, case.guard)
            return self._run(case.body)

        ways: list[Callable[[], bool]] = [partial(take, case) for case in node.cases]
        last = node.cases[-1]
        catches_all = isinstance(last.pattern, ast.MatchAs) and not last.pattern.pattern
        if not catches_all or last.guard:
            ways.append(lambda: False)
        return self._alternatives(ways)


def _star(module: str) -> list[str]:
    """The names that a star import brings; none, if there is no such module."""
    import importlib

    try:
        found = importlib.import_module(module)
        listed = getattr(found, "__all__", None)
        return list(listed) if listed else [n for n in vars(found) if not n.startswith("_")]
    except Exception:  # whatever the module does: the cell will say it
        return []
