"""Solutions with one mistake each: a sign, factor, axis, reduction, order, index or name."""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

# What is mistaken for what.
_OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.Pow: (ast.Mult,),
}
_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt,
    ast.Gt: ast.Lt,
    ast.LtE: ast.GtE,
    ast.GtE: ast.LtE,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}
_REDUCTIONS = {
    "sum": ("mean",),
    "mean": ("sum",),
    "max": ("min", "sum"),
    "min": ("max",),
    "argmax": ("argmin",),
    "argmin": ("argmax",),
    "maximum": ("minimum",),
    "minimum": ("maximum",),
    "cumsum": ("cumprod",),
    "zeros_like": ("ones_like",),
    "zeros": ("ones",),
    "ones": ("zeros",),
    "log": ("log2",),
}
# What may be a number.
_NUMBERS = ast.BinOp | ast.Name | ast.Call | ast.Subscript
# Functions of one argument that are forgotten.
_DROPPED = {"sqrt", "abs", "log", "exp", "log1p", "expm1", "square", "sign", "mean", "sum"}


@dataclass(frozen=True)
class Mutant:
    """A changed solution."""

    source: str
    what: str
    """The change in words: the kind, then before and after."""
    line: int
    """Of the solution, counted from 1."""


def mutants(solution: str, starter: str = "") -> list[Mutant]:
    """Every way to change one thing in what a solution adds to its starter.

    Examples:
        >>> for mutant in mutants("g = 2 * x", "g = ___")[:3]:
        ...     print(mutant.what)
        factor: 2 * x -> 2 / x
        factor: 2 * x -> 2
        factor: 2 * x -> x
    """
    tree = ast.parse(solution)
    own = _changed_lines(starter, solution)
    found: dict[str, Mutant] = {}
    same = {ast.unparse(tree)}
    nodes = [node for node in ast.walk(tree) if getattr(node, "lineno", 0) in own]
    for place, node in enumerate(nodes):
        for kind, changed in _changes(node, tree):
            before, after = ast.unparse(node), ast.unparse(changed)
            source = _with(tree, own, place, changed)
            if source not in same and before != after:
                same.add(source)
                line: int = getattr(node, "lineno", 0)
                found[source] = Mutant(source, f"{kind}: {before} -> {after}", line)
    for source, line in _exchanged_statements(tree, own):
        if source not in same:
            same.add(source)
            found[source] = Mutant(source, "order: this statement comes after the next", line)
    return list(found.values())


def has_formula(solution: str, starter: str = "") -> bool:
    """Whether a solution adds arithmetic, an index or a reduction to its starter.

    Examples:
        >>> has_formula("lr = 0.1", "lr = ___"), has_formula("g = 2 * x", "g = ___")
        (False, True)
    """
    own = _changed_lines(starter, solution)
    nodes = [n for n in ast.walk(ast.parse(solution)) if getattr(n, "lineno", 0) in own]
    return any(
        isinstance(node, ast.BinOp | ast.Compare | ast.Subscript)
        or (isinstance(node, ast.Attribute) and node.attr in _REDUCTIONS)
        for node in nodes
    )


def _changed_lines(starter: str, solution: str) -> set[int]:
    lines = solution.splitlines()
    matcher = SequenceMatcher(None, starter.splitlines(), lines, autojunk=False)
    same = {
        n + 1
        for block in matcher.get_matching_blocks()
        for n in range(block.b, block.b + block.size)
    }
    return set(range(1, len(lines) + 1)) - same


def _with(tree: ast.Module, own: set[int], place: int, changed: ast.AST) -> str:
    """The source with another node in the place of one of the own lines' nodes."""
    copied = copy.deepcopy(tree)
    nodes = [node for node in ast.walk(copied) if getattr(node, "lineno", 0) in own]
    target = nodes[place]

    class Put(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            return changed if node is target else self.generic_visit(node)

    return ast.unparse(ast.fix_missing_locations(Put().visit(copied)))


def _changes(node: ast.AST, tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.BinOp(left, operator, right):
            kind = "sign" if isinstance(operator, ast.Add | ast.Sub) else "factor"
            for instead in _OPERATORS.get(type(operator), ()):
                yield kind, ast.BinOp(left, instead(), right)
            if isinstance(operator, ast.Mult | ast.Div | ast.Pow | ast.Add | ast.Sub):
                yield kind, left
            if isinstance(operator, ast.Mult | ast.Add | ast.Sub | ast.MatMult):
                yield kind, right
            if isinstance(operator, ast.Sub | ast.Div | ast.Pow | ast.MatMult):
                yield "order", ast.BinOp(right, operator, left)
        case ast.UnaryOp(ast.USub(), operand):
            yield "sign", operand
        case ast.Compare(left, [operator], [right]) if type(operator) in _COMPARED:
            yield "order", ast.Compare(left, [_COMPARED[type(operator)]()], [right])
        case ast.Constant(value) if isinstance(value, int | float) and not isinstance(value, bool):
            kind = "index" if _is_index(node, tree) else "factor"
            near = (value + 1, value - 1) if isinstance(value, int) else (2 * value, value / 2)
            for one in near:
                yield (
                    kind,
                    ast.Constant(one) if one >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-one)),
                )
        case ast.Call():
            yield from _changed_calls(node)
        case ast.Return(value) if isinstance(value, _NUMBERS):
            for kind, changed in _scaled(value):
                yield kind, ast.Return(changed)
        case ast.Assign(targets, value) if isinstance(value, _NUMBERS):
            for kind, changed in _scaled(value):
                yield kind, ast.Assign(targets, changed, lineno=0)
        case ast.AugAssign(target, operator, value):
            for instead in _OPERATORS.get(type(operator), ()):
                yield "sign", ast.AugAssign(target, instead(), value)
        case ast.Name(name, ast.Load()) if name in _counters(tree):
            for step in (ast.Add(), ast.Sub()):
                yield "index", ast.BinOp(ast.Name(name, ast.Load()), step, ast.Constant(1))
        case ast.Name(name, ast.Load()):
            for other in _beside(name, node, tree):
                yield "name", ast.Name(other, ast.Load())


def _changed_calls(node: ast.Call) -> Iterator[tuple[str, ast.AST]]:
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    for other in _REDUCTIONS.get(name, ()):
        if isinstance(function, ast.Attribute):
            renamed: ast.expr = ast.Attribute(function.value, other, ast.Load())
            yield "reduction", ast.Call(renamed, node.args, node.keywords)
    if name == "len" and len(node.args) == 1:
        yield "reduction", ast.Constant(1)
    if name in _DROPPED and len(node.args) == 1:
        yield "reduction" if name in ("mean", "sum") else "factor", node.args[0]
    elif name in ("mean", "sum") and isinstance(function, ast.Attribute) and not node.args:
        yield "reduction", function.value
    if len(node.args) == 2:
        yield "order", ast.Call(function, node.args[::-1], node.keywords)
    for number, keyword in enumerate(node.keywords):
        if keyword.arg == "axis":
            others = [*node.keywords[:number], *node.keywords[number + 1 :]]
            yield "axis", ast.Call(function, node.args, others)
            axis = ast.literal_eval(keyword.value) if _is_literal(keyword.value) else None
            for other_axis in {0, 1} - ({1} if axis == -1 else {axis}):
                changed = ast.keyword("axis", ast.Constant(other_axis))
                yield "axis", ast.Call(function, node.args, [*others, changed])


def _scaled(value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    yield "sign", ast.UnaryOp(ast.USub(), value)
    yield "factor", ast.BinOp(ast.Constant(2), ast.Mult(), value)
    yield "factor", ast.BinOp(value, ast.Div(), ast.Constant(2))


def _beside(name: str, node: ast.AST, tree: ast.Module) -> list[str]:
    """The other arguments and variables of the function that a name stands in."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and any(n is node for n in ast.walk(function)):
            names = [argument.arg for argument in function.args.args]
            inside = [n for n in ast.walk(function) if isinstance(n, ast.Name)]
            names += [n.id for n in inside if isinstance(n.ctx, ast.Store)]
            return [other for other in dict.fromkeys(names) if name in names and other != name]
    return []


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except ValueError:
        return False
    return True


def _is_index(node: ast.AST, tree: ast.Module) -> bool:
    return any(
        isinstance(parent, ast.Subscript) and any(part is node for part in ast.walk(parent.slice))
        for parent in ast.walk(tree)
    )


def _counters(tree: ast.Module) -> set[str]:
    """Names that a loop over a range counts with."""
    loops = [node for node in ast.walk(tree) if isinstance(node, ast.For)]
    return {
        name.id
        for loop in loops
        if isinstance(loop.iter, ast.Call)
        and getattr(loop.iter.func, "id", "") in ("range", "enumerate")
        for name in [loop.target.elts[0] if isinstance(loop.target, ast.Tuple) else loop.target]
        if isinstance(name, ast.Name)
    }


def _exchanged_statements(tree: ast.Module, own: set[int]) -> Iterator[tuple[str, int]]:
    """Two neighbouring statements exchanged, of which one is the learner's."""
    bodies = [n for n in ast.walk(tree) if isinstance(getattr(n, "body", None), list)]
    for place, node in enumerate(bodies):
        for first in range(len(node.body) - 1):  # type: ignore[attr-defined]
            pair = node.body[first : first + 2]  # type: ignore[attr-defined]
            if not any(one.lineno in own for one in pair):
                continue
            if any(isinstance(one, ast.Import | ast.ImportFrom | ast.Return) for one in pair):
                continue
            copied = copy.deepcopy(tree)
            body = [n for n in ast.walk(copied) if isinstance(getattr(n, "body", None), list)][
                place
            ].body  # type: ignore[attr-defined]
            body[first], body[first + 1] = body[first + 1], body[first]
            yield ast.unparse(copied), pair[0].lineno
