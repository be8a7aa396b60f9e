"""Words on what Python cannot read: spelling, brackets, layout, odd characters, other languages."""

import re

from pylib.kernel.error_help.python_rules import AVAILABLE
from pylib.kernel.error_help.rule import Rule

RULES: tuple[Rule, ...] = (
    (
        SyntaxError,
        r"expected ':'",
        "A colon is missing: if, for, while, def, class, with and else lines end with one.",
    ),
    (
        SyntaxError,
        r"'(.)' was never closed",
        "The bracket {0} is opened here and never closed. Add its partner.",
    ),
    (
        SyntaxError,
        r"unmatched '(.)'",
        "There is one {0} too many. Take it out, or add the bracket that opens it.",
    ),
    (
        SyntaxError,
        r"closing parenthesis '(.)' does not match opening parenthesis '(.)'",
        "The bracket {1} is closed by {0}. Make them a pair.",
    ),
    (
        SyntaxError,
        r"unterminated (?:triple-quoted )?(?:f-string|string)",
        "A text begins here, and its closing quotation mark is missing.",
    ),
    (
        SyntaxError,
        r"Missing parentheses in call to '(\w+)'",
        "{0} is a function: write {0}(...) with parentheses.",
    ),
    (
        SyntaxError,
        r"Maybe you meant '==' .*instead of '='|cannot assign to (?!True|False|None)",
        "One = gives a value to the name on its left; two, ==, compare. Use the other one here.",
    ),
    (
        SyntaxError,
        r"cannot assign to (True|False|None)",
        "{0} is a fixed word of Python and cannot be given a value. Choose another name.",
    ),
    (
        SyntaxError,
        r"'await' outside async function|'async (?:for|with)' outside async function",
        "await and async stand in a function that is not async. Write async def in its first line,"
        " and await the function where it is called.",
    ),
    (
        SyntaxError,
        r"'return' outside function",
        "return stands outside a function. Indent it into one, or write the value alone on the"
        " cell's last line to see it.",
    ),
    (
        SyntaxError,
        r"forgot a comma",
        "Two values stand side by side. Put a comma or an operator between them.",
    ),
    (
        IndentationError,
        r"expected an indented block after .* on line (\d+)",
        "The line after the colon of line {0} must be indented. Put four spaces before it, or"
        " write pass there if nothing is to happen.",
    ),
    (
        IndentationError,
        r"unindent does not match",
        "This line is indented differently from every line above it that it could belong to."
        " Line it up with one of them; four spaces a level are usual.",
    ),
    (
        IndentationError,
        r"unexpected indent",
        "This line has spaces before it that nothing calls for. Take them out, or end the line"
        " above with a colon if this one belongs to it.",
    ),
    (
        SyntaxError,
        r"inconsistent use of tabs and spaces",
        "Tabs and spaces are mixed before this line. Use four spaces a level throughout.",
    ),
    (
        SyntaxError,
        r"^invalid syntax$",
        "Python cannot read this line. Look just before the mark for a missing comma, operator,"
        " bracket or quotation mark; a word such as for or if cannot be a name.",
    ),
)

# What pasted text brings, and what to type instead.
LOOKALIKES = {
    **dict.fromkeys("“”„«»", 'a straight "'),
    **dict.fromkeys("‘’‚´", "a straight '"),
    **dict.fromkeys("–—−‐‑", "the minus -"),
    **dict.fromkeys("×·⋅∙", "*"),
    **dict.fromkeys("÷∕", "/"),
    "…": "...",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "√": "np.sqrt(...)",
    "²": "**2",
    "³": "**3",
    **{chr(ord(plain) + 0xFEE0): plain for plain in "()[]{},:;=+-*/<>.!"},  # full width
}
INVISIBLE = {
    "00A0": "a no-break space",
    "202F": "a narrow no-break space",
    "2007": "a figure space",
    "2009": "a thin space",
    "3000": "a wide space",
    "200B": "a zero-width space",
    "200C": "a zero-width mark",
    "200D": "a zero-width mark",
    "2060": "a zero-width mark",
    "00AD": "a soft hyphen",
    "FEFF": "a byte order mark",
    "2028": "a line separator",
    "2029": "a paragraph separator",
}
QUOTES = "“”„«»‘’‚"

# How a line begins or ends that is written for something else than Python.
OTHER_LANGUAGES = (
    (
        r"^\s*%matplotlib\b",
        "Lines that begin with % are commands to Jupyter. Figures are shown below the cell by"
        " themselves: take the line out.",
    ),
    (
        r"^\s*[!%$]?\s*(?:pip3?|conda|mamba|uv)\s+\w+",
        f"Nothing can be installed in this page. There are {AVAILABLE}: take the line out.",
    ),
    (
        r"^\s*%+(?:timeit|time)\b",
        "Lines that begin with % are commands to Jupyter. To take the time, write"
        " start = time.perf_counter() before, and print(time.perf_counter() - start) after it.",
    ),
    (
        r"^\s*%",
        "Lines that begin with % are commands to Jupyter, not Python: take the line out.",
    ),
    (
        r"^\s*!|=\s*!\s*\w",
        "Lines with ! are commands to the computer's own shell, which this page does not have:"
        " take the line out.",
    ),
    (
        r"^\s*(?:>>>|\.\.\. )",
        ">>> and ... stand before what is typed in an example, and are not part of the code:"
        " take them out, and the lines that show the result.",
    ),
    (
        r"^\s*\?{1,2}\s*[\w.]+\s*$|^\s*[\w.]+\s*\?{1,2}\s*$",
        "A ? asks Jupyter for help. In Python write help(...): help(np.mean).",
    ),
)


def odd_character(error: SyntaxError) -> str:
    """Words on a character that Python does not read: which one, where, and what to type."""
    found = re.search(
        r"invalid (?:character '(.)'|non-printable character) (?:\(?U\+)(\w+)", error.msg
    )
    if found:
        character, code = found.groups()
        where = f", character {error.offset} of the line," if error.offset else ""
        if character is None:
            name = INVISIBLE.get(code, "an invisible character")
            return (
                f"There is {name} (U+{code}){where} that Python does not read; pasted text brings"
                " it. Delete it, and type an ordinary space or a new line if one belongs there."
            )
        instead = LOOKALIKES.get(character)
        mend = f"Type {instead} instead." if instead else "Take it out, or put it in quotes."
        return f"The {character}{where} is not part of Python; pasted text often brings it. {mend}"
    quote = next((each for each in error.text or "" if each in QUOTES), None)
    if quote and "unterminated" in error.msg:
        return (
            f"A text begins here, and the {quote} of this line does not end it; pasted text often"
            f" brings it. Type the same straight mark at both ends."
        )
    return ""


def other_languages(error: SyntaxError) -> str:
    """Words on a line that is meant for Jupyter, a shell or a prompt."""
    if "invalid syntax" not in error.msg:
        return ""
    line = (error.text or "").rstrip()
    return next((words for pattern, words in OTHER_LANGUAGES if re.search(pattern, line)), "")
