"""A rule as formulas: each statement that changes something, as a tree that a page sets.

The trees are made from the source, so they say what runs. A node is a dict; `kind` is one of

    name   `text`, perhaps `hat`, `sub`, `upright`           sup    `of`: base and exponent
    text   words, numbers and signs                          frac   `of`: numerator, denominator
    row    `of`: one after the other                         root   `of`: one
    fence  `text`: two signs, with `of`: one between them    call   `text`, and `of`: a fence

and `key` says which quantity it stands for, as in `rule.py`.
"""

import ast
import copy
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from pylib.microscope.rule import PARAMETER, SETTING, STATE, STEP, Rule

Node: TypeAlias = dict[str, Any]

# The lesson's symbols, by the names of the code.
LETTERS = {
    "w": "θ",
    "lr": "α",
    "scheduled_lr": "α",
    "eps": "ε",
    "weight_decay": "λ",
    "momentum": "β",
    **{"alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ"},
    **{"eta": "η", "theta": "θ", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ"},
    **{"rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "psi": "ψ", "omega": "ω"},
}
SIGNS = {"plus": "+", "minus": "−", "next": "t+1", "prev": "t−1", "new": "new"}
# How tightly an operator binds; what binds less stands in brackets.
SUM, PRODUCT, POWER, ATOM = 1, 2, 3, 4
_COMPARED: dict[type[ast.cmpop], str] = {
    ast.Eq: "=",
    ast.NotEq: "≠",
    ast.Lt: "<",
    ast.LtE: "≤",
    ast.Gt: ">",
    ast.GtE: "≥",
    ast.Is: "=",
    ast.IsNot: "≠",
}
# Stands around what is added to w while rows are made.
_STEP = "step of w"


@dataclass
class _Row:
    target: ast.expr
    value: ast.expr
    lines: list[int]
    condition: ast.expr | None
    is_update: bool


def rows(
    rule: Rule, ran: Collection[int], settings: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """The formulas of the statements that ran, in their order.

    Statements that change one array one after the other are one formula.

    Args:
        rule: The rule.
        ran: The lines that ran, counted from the first of the source.
        settings: The optimizer's settings: of two values that one of them chooses, only that one
            is shown.

    Returns:
        For each formula its `lines`, the `key` of what it changes, and its `tree`.

    Examples:
        >>> from pylib.microscope.rule import rule_of
        >>> from pylib.optimizers import Lion
        >>> [plain(row["tree"]) for row in rows(rule_of(Lion), range(99))]
        ['θ ← (1 − α λ) θ − α sign(β_1 m + (1 − β_1) g)', 'm ← β_2 m + (1 − β_2) g']
    """
    made: list[_Row] = []
    for statement, condition in _conditioned(rule, rule.tree.body if rule.tree else []):
        lines = list(range(statement.lineno, (statement.end_lineno or 0) + 1))
        if not set(lines) & set(ran):
            continue
        for target, value, is_update in _changes(rule, statement):
            last = made[-1] if made else None
            if (
                last is not None
                and last.condition is condition
                and isinstance(statement, ast.AugAssign)
                and ast.unparse(last.target) == ast.unparse(target)
                and not _holds(statement.value, target)
            ):
                # The target stands for what the row has made so far.
                last.value = _put(value, target, last.value)
                last.lines += lines
            else:
                made.append(_Row(target, value, lines, condition, is_update))
    write = _Writer(rule, settings or {})
    return [{"lines": row.lines, **_row(write, row)} for row in made]


def plain(node: Node) -> str:
    """A tree as text: what a screen reader is given."""
    match node["kind"]:
        case "name":
            hat = "\N{COMBINING CIRCUMFLEX ACCENT}" if node.get("hat") else ""
            return f"{node['text']}{hat}" + (f"_{node['sub']}" if node.get("sub") else "")
        case "text":
            return str(node["text"])
        case "frac":
            top, bottom = (plain(part) for part in node["of"])
            return f"{_bracketed(top)} / {_bracketed(bottom)}"
        case "root":
            return f"√{_bracketed(plain(node['of'][0]))}"
        case "call":
            return f"{node['text']}{plain(node['of'][0])}"
        case "fence":
            left, right = node["text"]
            return f"{left}{plain(node['of'][0])}{right}"
        case "sup":
            base, power = (plain(part) for part in node["of"])
            return f"{base}^{_bracketed(power)}"
    return " ".join(plain(part) for part in node["of"]).replace(" ,", ",")


def symbol(rule: Rule, key: str, name: str = "") -> Node:
    """What stands for a quantity in formulas.

    Args:
        rule: The rule that it belongs to: no two settings of one have the same letter.
        key: As in `rule.py`.
        name: What the source calls it; the key's own name by default.
    """
    own = name or key.rpartition(".")[2]
    if key.startswith(SETTING) and "[" not in key:
        own = key[len(SETTING) :]
        if own == "alpha":
            own = "beta"  # the share that is kept; α is the rate
        letter = LETTERS.get(own)
        settings = [k[len(SETTING) :] for k in rule.settings]
        if letter is not None and "alpha" in settings and own == "momentum":
            return {"kind": "name", "text": own, "upright": True, "key": key}
    if key == PARAMETER and name == "w":
        own = "w"
    node = _letter(own)
    if key == own and f"{SETTING}{key}" in rule.settings:
        node |= {"sub": "t"}  # worked out anew from the setting
    return node | {"key": key}


# --- Statements ---


def _conditioned(
    rule: Rule, body: list[ast.stmt], condition: ast.expr | None = None
) -> Iterator[tuple[ast.stmt, ast.expr | None]]:
    """Each statement that holds no others, with the test that it ran by, if that can change."""
    for statement in body:
        match statement:
            case ast.If(test=test, body=inner, orelse=other):
                told = test if _changes_within_a_run(rule, test) else condition
                against = ast.UnaryOp(ast.Not(), test) if told is test else condition
                yield from _conditioned(rule, inner, told)
                yield from _conditioned(rule, other, against)
            case ast.For(body=inner) | ast.While(body=inner) | ast.With(body=inner):
                yield from _conditioned(rule, inner, condition)
            case ast.Try(body=inner):
                yield from _conditioned(rule, inner, condition)
            case ast.Match(cases=cases):
                for each in cases:
                    yield from _conditioned(rule, each.body, condition)
            case _:
                yield statement, condition


def _changes_within_a_run(rule: Rule, test: ast.expr) -> bool:
    """Whether a test asks for more than settings, which stay as they are."""
    names = [node for node in ast.walk(test) if isinstance(node, ast.Name)]
    keys = [rule.key(node) for node in names]
    return any(
        key is not None and not key.startswith(SETTING) and key in rule.code.co_varnames
        for key in keys
    )


def _changes(rule: Rule, statement: ast.stmt) -> Iterator[tuple[ast.expr, ast.expr, bool]]:
    match statement:
        case ast.Assign():
            for target, value in rule.pairs(statement):
                own, held = rule.key(target), rule.key(value)
                if isinstance(target, ast.Tuple) and _is_shape(value):
                    continue
                is_other_name = held is not None and (
                    own == held or held.startswith((STATE, SETTING))
                )
                if is_other_name and isinstance(target, ast.Name):
                    continue
                if isinstance(value, ast.Dict | ast.List | ast.Set | ast.ListComp):
                    continue
                yield target, _without_out(value), _is_change(rule, target, value)
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            yield target, value, _is_change(rule, target, value)
        case ast.AugAssign(target=target, op=op, value=value):
            if isinstance(op, ast.BitOr | ast.BitAnd):
                return
            here = _loaded(target)
            is_step = rule.key(target) == PARAMETER and isinstance(op, ast.Add | ast.Sub)
            if is_step:
                value = ast.Call(ast.Name(_STEP, ast.Load()), [value], [])
            # A factor stands before what it multiplies.
            both = (value, here) if isinstance(op, ast.Mult) else (here, value)
            yield target, ast.BinOp(both[0], op, both[1]), True
        case ast.Expr(value=ast.Call(args=args, keywords=keywords) as call):
            if rule.is_inherited(call):
                yield args[0], ast.Call(ast.Name(rule.base, ast.Load()), args[:2], []), True
            for each in keywords:
                if each.arg == "out":
                    yield each.value, _without_out(call), True


def _is_change(rule: Rule, target: ast.expr, value: ast.expr) -> bool:
    """Whether something is given another value, rather than a name to what is worked out."""
    key = rule.key(target)
    is_name = isinstance(target, ast.Name) and key == target.id
    return not is_name or _holds(value, target) or key in rule.arguments.values()


def _is_shape(value: ast.expr) -> bool:
    return isinstance(value, ast.Attribute) and value.attr == "shape"


def _holds(value: ast.AST, target: ast.expr) -> bool:
    own = ast.unparse(target)
    return any(isinstance(n, ast.expr) and ast.unparse(n) == own for n in ast.walk(value))


def _loaded(target: ast.expr) -> ast.expr:
    loaded = copy.deepcopy(target)
    for node in ast.walk(loaded):
        if isinstance(node, ast.Name | ast.Subscript | ast.Attribute):
            node.ctx = ast.Load()
    return loaded


def _put(value: ast.expr, target: ast.expr, made: ast.expr) -> ast.expr:
    own = ast.unparse(target)

    class Put(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> Any:
            if isinstance(node, ast.expr) and ast.unparse(node) == own:
                return made
            return self.generic_visit(node)

    changed: ast.expr = Put().visit(value)
    return changed


def _without_out(value: ast.expr) -> ast.expr:
    if not isinstance(value, ast.Call):
        return value
    kept = [each for each in value.keywords if each.arg not in ("out", "where", "keepdims")]
    return ast.Call(value.func, value.args, kept)


# --- Trees ---


def _row(write: "_Writer", row: _Row) -> dict[str, Any]:
    target: ast.expr = row.target
    where: ast.expr | None = None
    if isinstance(row.target, ast.Subscript) and write.rule.key(row.target) is None:
        target, where = row.target.value, row.target.slice  # s[same > 0]: where that holds
        row.value = _put(row.value, row.target, target)
    key = write.rule.key(target)
    parts = [
        write.tree(target, ATOM),
        _text("←" if row.is_update else "="),
        write.tree(row.value, 0),
    ]
    if where is not None and not isinstance(where, ast.Slice | ast.Constant):
        parts += [_text("where", words=True), write.tree(where, 0)]
    if row.condition is not None:
        parts += [_text("if", words=True), write.tree(row.condition, 0)]
    return {"key": key, "tree": _in_row(parts)}


class _Writer:
    def __init__(self, rule: Rule, settings: Mapping[str, Any]) -> None:
        self.rule = rule
        self._chosen = settings

    def tree(self, node: ast.expr, least: int) -> Node:
        """An expression; in brackets, if it binds less than `least`."""
        made, binds = self._made(node)
        return made if binds >= least else _fenced("()", made)

    def _made(self, node: ast.expr) -> tuple[Node, int]:
        key = self.rule.key(node)
        if key is not None and not isinstance(node, ast.Call):
            return self._name(node, key), ATOM
        match node:
            case ast.Constant(value=value):
                return _text(_number(value)), ATOM
            case ast.BinOp(left=left, op=op, right=right):
                return self._binary(left, op, right)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self._denied(operand)
            case ast.UnaryOp(op=minus, operand=operand):
                sign = _text("−" if isinstance(minus, ast.USub) else "+")
                return _in_row([sign, self.tree(operand, PRODUCT)]), SUM
            case ast.Call():
                return self._call(node)
            case ast.Compare(left=left, ops=ops, comparators=others):
                parts = [self.tree(left, SUM)]
                for compared, other in zip(ops, others, strict=True):
                    parts += [_text(_COMPARED.get(type(compared), "in")), self.tree(other, SUM)]
                return _in_row(parts), 0
            case ast.BoolOp(op=op, values=values):
                word = "and" if isinstance(op, ast.And) else "or"
                return _listed([self.tree(v, 1) for v in values], word, words=True), 0
            case ast.IfExp(test=test, body=body, orelse=orelse):
                if (held := self.rule.key(test)) and held.startswith(SETTING):
                    name = held[len(SETTING) :]
                    if name in self._chosen:
                        return self._made(body if self._chosen[name] else orelse)
                parts = [self.tree(body, 1), _text("if", words=True), self.tree(test, 0)]
                parts += [_text("else", words=True), self.tree(orelse, 0)]
                return _in_row(parts), 0
            case ast.Tuple(elts=parts):
                return self._function("", parts)
            case ast.NamedExpr(target=target, value=value):
                return _in_row([self.tree(target, 0), _text("="), self.tree(value, 0)]), 0
            case ast.Attribute(value=ast.Name(id="self"), attr=name):
                return _letter(name) | {"key": name}, ATOM
            case ast.Attribute(value=value, attr="T"):
                return {"kind": "sup", "of": [self.tree(value, ATOM), _text("⊤")]}, POWER
            case ast.Subscript(value=value, slice=place):
                if isinstance(place, ast.Constant) and place.value is ...:
                    return self._made(value)
                base = self.tree(value, ATOM)
                return _in_row([base, _fenced("[]", self.tree(place, 0))]), ATOM
        return _text(ast.unparse(node), words=True), ATOM

    def _name(self, node: ast.expr, key: str) -> Node:
        while isinstance(node, ast.Subscript) and key == self.rule.key(node.value):
            node = node.value  # v[...] is v
        return symbol(self.rule, key, node.id if isinstance(node, ast.Name) else "")

    def _binary(self, left: ast.expr, op: ast.operator, right: ast.expr) -> tuple[Node, int]:
        match op:
            case ast.Add() | ast.Sub():
                sign = "+" if isinstance(op, ast.Add) else "−"
                after = SUM if isinstance(op, ast.Add) else PRODUCT
                parts = [self.tree(left, SUM), _text(sign), self.tree(right, after)]
                return _in_row(parts), SUM
            case ast.Mult() | ast.MatMult():
                return self._product(left, right)
            case ast.Div() | ast.FloorDiv():
                return {"kind": "frac", "of": [self.tree(left, 0), self.tree(right, 0)]}, POWER
            case ast.Pow():
                if isinstance(right, ast.Constant) and right.value == 0.5:
                    return {"kind": "root", "of": [self.tree(left, 0)]}, POWER
                return self._power(left, self.tree(right, 0))
        parts = [self.tree(left, ATOM), _text(type(op).__name__), self.tree(right, ATOM)]
        return _in_row(parts), SUM

    def _product(self, left: ast.expr, right: ast.expr) -> tuple[Node, int]:
        # a * b * b is a b²
        match left:
            case ast.BinOp(left=first, op=ast.Mult(), right=same) if ast.unparse(
                same
            ) == ast.unparse(right):
                square = self._power(right, _text("2"))[0]
                return _in_row([self.tree(first, PRODUCT), square]), PRODUCT
        if ast.unparse(left) == ast.unparse(right):
            return self._power(right, _text("2"))
        parts = [self.tree(left, PRODUCT), self.tree(right, PRODUCT)]
        if isinstance(right, ast.Constant) or all(p["kind"] == "text" for p in parts):
            parts.insert(1, _text("·"))
        return _in_row(parts), PRODUCT

    def _power(self, base: ast.expr, power: Node) -> tuple[Node, int]:
        return {"kind": "sup", "of": [self.tree(base, ATOM), power]}, POWER

    def _denied(self, test: ast.expr) -> tuple[Node, int]:
        if isinstance(test, ast.Compare) and len(test.ops) == 1:
            opposite: dict[type[ast.cmpop], type[ast.cmpop]] = {
                **{ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.GtE, ast.GtE: ast.Lt},
                **{ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Is: ast.IsNot, ast.IsNot: ast.Is},
            }
            if type(test.ops[0]) in opposite:
                op = opposite[type(test.ops[0])]()
                return self._made(ast.Compare(test.left, [op], test.comparators))
        return _in_row([_text("not", words=True), self.tree(test, 1)]), 0

    def _call(self, node: ast.Call) -> tuple[Node, int]:
        name = ast.unparse(node.func)
        if name == _STEP:
            made, binds = self._made(node.args[0])
            if binds < PRODUCT:
                made = _fenced("()", made)
            return {"kind": "row", "of": [made], "key": STEP}, PRODUCT
        owner, _, short = name.rpartition(".")
        args = [each for each in node.args if not self._is_bag(each)]
        if short in ("sqrt", "square", "abs", "absolute", "fabs", "norm") and len(args) == 1:
            inner = self.tree(args[0], 0)
            if short == "sqrt":
                return {"kind": "root", "of": [inner]}, POWER
            if short == "square":
                return self._power(args[0], _text("2"))
            bar = "‖" if short == "norm" else "|"
            return _fenced(bar + bar, inner), ATOM
        if name in _TRANSPARENT and args:
            return self._made(args[0])
        if short == "where" and len(args) == 3:
            test, body, orelse = args
            return self._made(ast.IfExp(test, body, orelse))
        if isinstance(node.func, ast.Attribute) and owner not in (*_MODULES, "self"):
            args = [node.func.value, *args]  # a method of an array: mean(g²)
        short = {"maximum": "max", "minimum": "min", "add": "sum"}.get(short, short).lstrip("_")
        return self._function(short, args)

    def _is_bag(self, node: ast.expr) -> bool:
        """The whole state, the whole group, or a setting that only says how."""
        held = self.rule.arguments.get(node.id) if isinstance(node, ast.Name) else None
        return held in (STATE, SETTING)

    def _function(self, name: str, args: list[ast.expr]) -> tuple[Node, int]:
        fenced = _fenced("()", _listed([self.tree(each, 0) for each in args], ","))
        return ({"kind": "call", "text": name, "of": [fenced]} if name else fenced), ATOM


_MODULES = ("np", "numpy", "math", "np.linalg", "numpy.linalg", "linalg")
_TRANSPARENT = ("float", "int", "np.asarray", "np.array", "np.float64", _STEP)


def _letter(name: str) -> Node:
    """A name as a symbol: `m_hat` is m with a hat, `b1` β₁, `eta_plus` η₊."""
    base, *marks = name.strip("_").split("_") if name not in LETTERS else (name,)
    hat = "hat" in marks
    numbered = re.fullmatch(r"(b|beta|[a-zA-Z]|[a-z]+?)(\d+)", base)
    sub = [SIGNS.get(mark, mark) for mark in marks if mark != "hat"]
    if numbered and (numbered[1] in LETTERS or len(numbered[1]) == 1):
        base = "beta" if numbered[1] == "b" else numbered[1]
        sub.insert(0, numbered[2])
    text = LETTERS.get(base, base)
    if len(text) > 1:  # a word: it stays as it is
        return {"kind": "name", "text": name.strip("_"), "upright": True}
    node: Node = {"kind": "name", "text": text}
    if hat:
        node["hat"] = True
    if sub:
        node["sub"] = ", ".join(sub)
    return node


def _number(value: Any) -> str:
    return repr(value).replace("-", "−") if not isinstance(value, str) else value


def _text(text: str, *, words: bool = False) -> Node:
    return {"kind": "text", "text": text} | ({"words": True} if words else {})


def _in_row(parts: list[Node]) -> Node:
    """One row; rows without a key that lie in it are opened."""
    of: list[Node] = []
    for part in parts:
        of += part["of"] if part["kind"] == "row" and "key" not in part else [part]
    return {"kind": "row", "of": of}


def _fenced(signs: str, inner: Node) -> Node:
    return {"kind": "fence", "text": signs, "of": [inner]}


def _listed(parts: list[Node], between: str, *, words: bool = False) -> Node:
    of: list[Node] = []
    for part in parts:
        if of:
            of.append(_text(between, words=words))
        of.append(part)
    return _in_row(of)


def _bracketed(text: str) -> str:
    simple = re.fullmatch(r"[^ ]+|\(.*\)", text)
    return text if simple else f"({text})"
