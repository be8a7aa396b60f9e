"""Says in plain words what an error means and what to try; running the cell is `execute`'s.

The first rule that fits is used (see `rule`); an error that no rule knows (pylib's own name both
values and the mend) speaks for itself.
"""

import builtins
from collections.abc import Iterable

from pylib.kernel.error_help import array_rules, page_rules, python_rules, syntax_rules
from pylib.kernel.error_help.rebound import words_on_rebound
from pylib.kernel.error_help.rule import Rule, fits
from pylib.kernel.error_help.suggest import meant, unknown_name
from pylib.kernel.error_help.syntax_rules import odd_character, other_languages

# What the page lacks comes first: its errors are of the same classes.
RULES: tuple[Rule, ...] = (
    *page_rules.RULES,
    *array_rules.RULES,
    *python_rules.RULES,
    *syntax_rules.RULES,
)


def explain(error: BaseException, names: Iterable[str] = (), cell: str = "") -> str:
    """What happened, then what to try, for somebody who is new to Python.

    Args:
        error: The exception that ended a cell.
        names: The names that the cell could have meant, besides Python's own.
        cell: The cell's id.

    Returns:
        Plain words. Where no rule fits, the exception's own text, or its class where it has none.

    Examples:
        >>> explain(ZeroDivisionError("division by zero"))[:32]
        'Something is divided by zero. Pr'
        >>> explain(NameError("name 'los' is not defined", name="los"), ["loss", "lr"])[:51]
        'The name los has no value yet. Did you mean loss? I'
    """
    if type(error) is NameError and error.name:
        return unknown_name(error.name, [*names, *dir(builtins)])
    if isinstance(error, SyntaxError):
        line = f"Line {error.lineno}: " if error.lineno else ""
        return line + (odd_character(error) or other_languages(error) or _by_rule(error))
    return words_on_rebound(error, cell) or _by_rule(error)


def _by_rule(error: BaseException) -> str:
    text = str(error)
    if isinstance(error, SyntaxError):
        text = error.msg or text
    for rule in RULES:
        if found := fits(rule, error, text):
            near = meant(error) if "{meant}" in rule[2] else ""
            return rule[2].format(*found.groups(), meant=near)
    return text or type(error).__name__
