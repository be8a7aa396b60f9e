"""What a rule is: an exception, a pattern for its text, and the words to say."""

import re
from typing import TypeAlias

# The exception is a class, or the name of one that need not be imported. In the words {0}, {1}, ...
# are the pattern's groups, and {meant} is what `suggest` has found.
Rule: TypeAlias = tuple[type[BaseException] | str, str, str]


def fits(rule: Rule, error: BaseException, text: str) -> re.Match[str] | None:
    """The match of the rule's pattern in the error's text, if the rule is for such errors."""
    kind, pattern, _ = rule
    if isinstance(kind, str):
        if kind not in [each.__name__ for each in type(error).__mro__]:
            return None
    elif not isinstance(error, kind):
        return None
    return re.search(pattern, text, re.DOTALL)
