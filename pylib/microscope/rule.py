"""An optimizer's rule as it is written: which method it is, its source, and what its names mean.

A quantity has one key, by whatever names the source calls it:

    w            the parameter            g              its gradient
    step         the change of w          state.NAME     an array of the state
    set.NAME     a setting of the group   NAME           what the rule works out on its way
"""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from types import CodeType, FunctionType
from typing import Any, TypeAlias

METHODS = ("_update", "_iterate", "step")
PARAMETER, GRADIENT, STEP = "w", "g", "step"
STATE, SETTING = "state.", "set."

# The places of the arguments of `_update(self, w, g, state, group, t)`.
_ARGUMENTS = (None, PARAMETER, GRADIENT, STATE, SETTING)
# Calls that leave a value what it is.
_CASTS = ("float", "int", "np.asarray", "np.array", "np.float64")

Span: TypeAlias = tuple[int, int, int, str]
"""A line of the source, from 1; from which column to which; the key of what stands there."""


@dataclass(frozen=True)
class Rule:
    """The method of an optimizer's class that changes a parameter.

    Attributes:
        name: The method's name.
        code: What runs.
        source: Its lines, without the indentation that they share; "" where there is no source.
        first: The number of its first line in its file.
    """

    name: str
    code: CodeType
    source: str
    first: int
    base: str = ""
    """The class whose rule `super()` is."""
    aliases: dict[str, str] = field(default_factory=dict)
    """Name -> key, for names that stand for something else; a run adds those that it finds."""

    @cached_property
    def tree(self) -> ast.FunctionDef | None:
        """The method; None where there is no source to be read."""
        try:
            (function,) = ast.parse(self.source).body
        except (SyntaxError, ValueError):
            return None
        return function if isinstance(function, ast.FunctionDef) else None

    @cached_property
    def arguments(self) -> dict[str, str]:
        """The names of the method's arguments that have a key, or begin one."""
        if self.name == "_update":
            names = self.code.co_varnames[: self.code.co_argcount]
            return {n: key for n, key in zip(names, _ARGUMENTS, strict=False) if key}
        return {"g": GRADIENT, "grad": GRADIENT, "state": STATE, "memory": STATE, "group": SETTING}

    @cached_property
    def settings(self) -> list[str]:
        """The keys of the settings that the source names."""
        nodes = ast.walk(self.tree) if self.tree else ()
        keys = [self.key(node) for node in nodes if isinstance(node, ast.Subscript)]
        return [key for key in dict.fromkeys(keys) if key and key.startswith(SETTING)]

    def key(self, node: ast.AST) -> str | None:
        """The key of what a name, or `state["..."]`, stands for; None for anything else."""
        match node:
            case ast.Name(id=name):
                found = self.aliases.get(name, self.arguments.get(name, name))
                return None if found in (STATE, SETTING) else found
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str(entry))):
                kind = self.arguments.get(name)
                return f"{kind}{entry}" if kind in (STATE, SETTING) else None
            case ast.Subscript(value=value, slice=ast.Constant(value=int(place))):
                held = self.key(value)
                return f"{held}[{place}]" if held and held.startswith(SETTING) else None
            case ast.Subscript(value=value, slice=ast.Constant(value=value_)) if value_ is ...:
                return self.key(value)
            case ast.Call(func=func, args=[value], keywords=[]) if ast.unparse(func) in _CASTS:
                return self.key(value)
        return None

    def pairs(self, statement: ast.Assign) -> Iterator[tuple[ast.expr, ast.expr]]:
        """Each target of an assignment with its own value, where they can be told apart."""
        waiting = [(target, statement.value) for target in statement.targets]
        while waiting:
            target, value = waiting.pop(0)
            parts = target.elts if isinstance(target, ast.Tuple) else None
            if parts and isinstance(value, ast.Tuple) and len(value.elts) == len(parts):
                waiting[:0] = zip(parts, value.elts, strict=True)
            elif parts and (held := self.key(value)) and held.startswith(SETTING):
                places = (ast.Constant(place) for place in range(len(parts)))
                waiting[:0] = [
                    (part, ast.Subscript(value, place, ast.Load()))
                    for part, place in zip(parts, places, strict=True)
                ]
            else:
                yield target, value

    def learn(self) -> None:
        """Find the names that stand for settings and arrays of the state."""
        stored = [
            node.id
            for node in ast.walk(self.tree or ast.Module([], []))
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        ]
        for node in ast.walk(self.tree or ast.Module([], [])):
            if isinstance(node, ast.Assign):
                for target, value in self.pairs(node):
                    held = self.key(value)
                    if isinstance(target, ast.Name) and held and self._is_other(held):
                        # A setting under a name that is bound anew is worked out on the way.
                        if held.startswith(SETTING) and stored.count(target.id) > 1:
                            continue
                        self.aliases.setdefault(target.id, held)

    def is_inherited(self, call: ast.Call) -> bool:
        """Whether a call is the rule of the class that this one is made from, on `w`."""
        match call:
            case ast.Call(
                func=ast.Attribute(value=ast.Call(func=ast.Name("super")), attr=name), args=[w, *_]
            ):
                return name in METHODS and self.key(w) == PARAMETER
        return False

    def _is_other(self, key: str) -> bool:
        return key.startswith((STATE, SETTING)) or key in (PARAMETER, GRADIENT)

    def statements(self) -> Iterator[ast.stmt]:
        """Those that hold no others, in their order."""
        waiting: list[ast.stmt] = list(self.tree.body) if self.tree else []
        while waiting:
            statement = waiting.pop(0)
            inner = [
                *getattr(statement, "body", []),
                *getattr(statement, "orelse", []),
                *getattr(statement, "finalbody", []),
                *(each for case in getattr(statement, "cases", []) for each in case.body),
            ]
            if inner:
                waiting[:0] = inner
            else:
                yield statement

    def made_at(self) -> dict[int, tuple[int, list[ast.expr]]]:
        """Line -> the first line of its statement, and the targets that it writes to."""
        made: dict[int, tuple[int, list[ast.expr]]] = {}
        for statement in self.statements():
            targets = list(self._targets(statement))
            if targets:
                # Statements that share a line are looked at together, at its end.
                first, earlier = made.get(statement.lineno, (statement.lineno, []))
                for line in range(statement.lineno, (statement.end_lineno or 0) + 1):
                    made[line] = first, earlier + targets
        return made

    def _targets(self, statement: ast.stmt) -> Iterator[ast.expr]:
        match statement:
            case ast.Assign():
                for target, value in self.pairs(statement):
                    own = self.key(target)
                    if own and own != self.key(value):
                        yield target
                    elif isinstance(target, ast.Subscript):
                        yield target.value
            case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
                yield target if self.key(target) else getattr(target, "value", target)
            case ast.Expr(value=ast.Call(args=args, keywords=keywords) as call):
                yield from args[:1] if self.is_inherited(call) else ()
                yield from (each.value for each in keywords if each.arg == "out")

    def spans(self) -> list[Span]:
        """Where names stand in the source, and what is added to w, which is a part of the step."""
        spans: list[Span] = []
        if self.tree is None:
            return spans
        lines = self.source.splitlines()
        covered: set[int] = set()
        for node in ast.walk(self.tree):
            match node:
                case ast.AugAssign(op=ast.Add() | ast.Sub()) if self.key(node.target) == PARAMETER:
                    spans += _span(lines, node.value, STEP)
            if id(node) in covered:
                continue
            held = None if isinstance(node, ast.Call) else self.key(node)
            # `state` and `t` themselves are no quantities; nor are functions and modules.
            if held is None or not self._is_known(held, node):
                continue
            covered |= {id(inner) for inner in ast.walk(node)}
            spans += _span(lines, node, held)
        return sorted(spans, key=lambda span: (span[0], span[1], -span[2]))

    def _is_known(self, key: str, node: ast.AST) -> bool:
        if isinstance(node, ast.Name) and key == node.id:
            return key in self.code.co_varnames
        return True


def rule_of(kind: type) -> Rule:
    """The rule of an optimizer's class: its own, or the one that it inherits.

    Args:
        kind: A class of `pylib.optimizers`, or one made from it.

    Raises:
        TypeError: The class has no such method.

    Examples:
        >>> from pylib.optimizers import SGD
        >>> rule = rule_of(SGD)
        >>> rule.name, rule.aliases["lr"], rule.aliases["v"]
        ('_update', 'set.lr', 'state.momentum_buffer')
    """
    for place, each in enumerate(kind.__mro__):
        for name in METHODS:
            function = inspect.unwrap(vars(each)[name]) if name in vars(each) else None
            code = getattr(function, "__code__", None)
            if function is None or code is None:
                continue
            base = next((k.__name__ for k in kind.__mro__[place + 1 :] if name in vars(k)), "")
            rule = Rule(name, code, _source(function), code.co_firstlineno, base)
            rule.learn()
            return rule
    raise TypeError(
        f"{kind.__name__} has none of the methods {', '.join(METHODS)}; make it from "
        "GradientOptimizer, and give it an _update"
    )


@lru_cache(maxsize=32)
def _source(function: FunctionType) -> str:
    """A function's source as far to the left as it goes; "" where there is none."""
    try:
        return textwrap.dedent(inspect.getsource(function))
    except (OSError, TypeError):
        return ""


def _span(lines: list[str], node: Any, key: str) -> list[Span]:
    """A node's place in each of its lines, in characters."""
    found: list[Span] = []
    for line in range(node.lineno, node.end_lineno + 1):
        text = lines[line - 1]
        start = _column(text, node.col_offset) if line == node.lineno else _indent(text)
        end = _column(text, node.end_col_offset) if line == node.end_lineno else len(text)
        found.append((line, start, end, key))
    return found


def _column(text: str, offset: int) -> int:
    """A place in characters, of one in bytes of UTF-8."""
    return len(text.encode()[:offset].decode())


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())
