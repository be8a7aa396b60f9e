"""Says in plain words what an error means and what to try; running the cell is `execute`'s.

A rule is an exception type, a pattern for its text and the words to say. The first rule that fits
is used; an error that no rule knows (pylib's own name both values and the mend) speaks for itself.
"""

import re
from collections.abc import Iterable

AVAILABLE = "NumPy, matplotlib, pylib and Python's standard library"

# (exception, pattern of its text, words); {0}, {1}, ... are the pattern's groups.
RULES: tuple[tuple[type[BaseException], str, str], ...] = (
    (
        ValueError,
        r"operands could not be broadcast together with shapes (\(.*?\)) (\(.*?\))",
        "These two arrays have shapes {0} and {1}, which do not fit together element by element."
        " Print .shape of both. Compared from the right, each pair of lengths must be equal, or"
        " one of them 1: reshape one, for example with .reshape(-1, 1).",
    ),
    (
        ValueError,
        r"matmul: .*\(size (\d+) is different from (\d+)\)",
        "A matrix product needs the columns of the left to equal the rows of the right: here the"
        " left has {1} columns and the right {0} rows. Print .shape of both; often one of them"
        " must be transposed (W.T) or the order exchanged.",
    ),
    (
        ValueError,
        r"shapes (\(.*?\)) and (\(.*?\)) not aligned: (\d+) .* != (\d+)",
        "A product of shapes {0} and {1} needs {2} to equal {3}: the columns of the left and the"
        " rows of the right. Often one of them must be transposed (W.T) or the order exchanged.",
    ),
    (
        ValueError,
        r"cannot reshape array of size (\d+) into shape (\(.*?\))",
        "An array of {0} numbers cannot take the shape {1}: the lengths must multiply to {0}."
        " One of them may be -1, and NumPy works it out.",
    ),
    (
        ValueError,
        r"all the input array dimensions except for the concatenation axis must match",
        "Arrays are joined here that differ in a direction in which they are not joined."
        " Print their shapes, and choose another axis= or reshape one of them.",
    ),
    (
        ValueError,
        r"truth value of an array",
        "An array of several numbers is neither true nor false."
        " Say what is meant: (a > 0).all() or (a > 0).any(); use & and | in place of and and or.",
    ),
    (
        ValueError,
        r"inhomogeneous shape",
        "The rows of this list differ in length, so they do not form an array."
        " Give every row as many numbers as the others.",
    ),
    (
        ValueError,
        r"too many values to unpack \(expected (\d+)",
        "There are more values on the right than the {0} names on the left."
        " Print what stands on the right, and give each value a name.",
    ),
    (
        ValueError,
        r"not enough values to unpack \(expected (?:at least )?(\d+), got (\d+)\)",
        "There are {0} names on the left, and only {1} on the right."
        " Print what stands on the right, and take as many names as it has values.",
    ),
    (
        ValueError,
        r"math domain error|expected a positive input",
        "This function has no value for the number given: math.log and math.sqrt refuse it."
        " Print the number just before. For a probability use max(p, 1e-12) inside the log.",
    ),
    (
        ValueError,
        r"[Ss]ingular matrix",
        "This matrix has no inverse: one row or column follows from the others."
        " Try np.linalg.lstsq, or add a small number to the diagonal.",
    ),
    (
        ValueError,
        r"invalid literal for int\(\) with base \d+: (.*)|could not convert string to float: (.*)",
        "The text {0} is not a number. Check the spelling; a decimal number needs float(...).",
    ),
    (
        FloatingPointError,
        r"(.*)",
        "{0}\nThe numbers left what a float can hold, as they do when a run diverges. Try a tenth"
        " of the learning rate, clip the gradients, or scale the inputs to about -1 to 1.",
    ),
    (
        OverflowError,
        r"",
        "A number grew past the largest float, about 1.8e308. In training this means that the run"
        " diverges: try a tenth of the learning rate. For math.exp, keep its argument below 709.",
    ),
    (
        ZeroDivisionError,
        r"",
        "Something is divided by zero. Print the divisor just before this line; an empty list"
        " has length 0, and a small number such as 1e-8 added below the line keeps a ratio finite.",
    ),
    (
        TypeError,
        r"Cannot cast ufunc '(\w+)' output from dtype\('(\w+)'\) to dtype\('(\w+)'\)",
        "An array of {2} cannot hold the {1} numbers that come out here. Make it an array of"
        " floats from the start: np.array([...], dtype=float), or write 1.0 in place of 1.",
    ),
    (
        TypeError,
        r"only 0-dimensional arrays|only length-1 arrays|only size-1 arrays",
        "A single number is needed here, and this is an array of several."
        " Pick one (a[0]), or reduce them: a.mean(), a.sum().",
    ),
    (
        TypeError,
        r"can only concatenate str \(not \"(\w+)\"\) to str",
        "Text and a value of type {0} cannot be joined with +."
        " Write an f-string: f'loss {{value}}', or print(a, b) with a comma.",
    ),
    (
        TypeError,
        r"unsupported operand type\(s\) for (\S+): '([\w.]+)' and '([\w.]+)'",
        "{0} does not work between {1} and {2}. Print both: None often comes from a function"
        " without a return, and a list becomes an array with np.array(...).",
    ),
    (
        TypeError,
        r"list indices must be integers or slices, not tuple",
        "A Python list takes one index at a time. Write a[0][1], or make it an array:"
        " a = np.array(a), and then a[0, 1].",
    ),
    (
        TypeError,
        r"list indices must be integers or slices, not (\w+)",
        "A position in a list is a whole number, and this is a {0}. Use int(...) or //.",
    ),
    (
        TypeError,
        r"'(\w+)' object is not callable",
        "Something of type {0} is called like a function. Either a name of a function was given"
        " to a value earlier (then choose another name and run that cell again), or an operator"
        " is missing before the parenthesis: 2 * (a + b).",
    ),
    (
        TypeError,
        r"'(\w+)' object is not (?:iterable|subscriptable)",
        "A value of type {0} holds no elements to go through or pick from."
        " Print it; for a count, write range(n).",
    ),
    (
        TypeError,
        r"(\w+)\(\) missing (\d+) required (?:positional|keyword-only) arguments?: (.*)",
        "{0}() was called without {2}. Give it between the parentheses.",
    ),
    (
        TypeError,
        r"(\w+)\(\) takes (.*) but (\d+) (?:positional arguments )?w(?:as|ere) given",
        "{0}() takes {1}, and {2} were given. Settings usually go by name: lr=0.1.",
    ),
    (
        TypeError,
        r"(\w+)\(\) got an unexpected keyword argument '(\w+)'(.*)",
        "{0}() has no setting named {1}. help({0}) lists those it has.",
    ),
    (
        IndexError,
        r"index (-?\d+) is out of bounds for axis (\d+) with size (\d+)",
        "There is no element {0}: this direction (axis {1}) has {2}, counted from 0."
        " Print .shape of the array.",
    ),
    (
        IndexError,
        r"(?:list|tuple|string) (?:assignment )?index out of range|pop from empty",
        "There is no element at this position: counting begins at 0 and ends at len(...) - 1."
        " Print len(...) and the index just before.",
    ),
    (
        IndexError,
        r"too many indices for array: array is (\d+)-dimensional, but (\d+) were indexed",
        "This array has {0} dimension(s), and {1} indices were given. Print its .shape.",
    ),
    (
        IndexError,
        r"only integers, slices",
        "A position in an array is a whole number. Use int(...) or //, or a slice such as a[:3].",
    ),
    (
        IndexError,
        r"boolean index did not match",
        "The mask and the array differ in length. Make the mask from the same array: a[a > 0].",
    ),
    (
        KeyError,
        r"(.*)",
        "There is no entry {0}. Print the keys with list(d), and mind the spelling and capitals.",
    ),
    (
        AttributeError,
        r"'NoneType' object has no attribute '(\w+)'",
        "The value before .{0} is None: often a function without a return, or a method that"
        " changes its object in place and gives nothing back. Print it just before this line.",
    ),
    (
        AttributeError,
        r"'list' object has no attribute '(\w+)'",
        "A Python list has no .{0}. Make it an array first: a = np.array(a).",
    ),
    (
        AttributeError,
        r"(.*) has no attribute '(\w+)'(.*)",
        "There is no .{1} here: {0} does not have it. Check the spelling; dir(...) lists what"
        " there is.",
    ),
    (
        ModuleNotFoundError,
        r"No module named '(pylib\.[\w.]+)'",
        "pylib has no module {0}. It has losses, optimizers, schedules, models, surfaces, data,"
        " training, gradcheck and plots.",
    ),
    (
        ModuleNotFoundError,
        r"No module named '([\w.]+)'",
        "{0} is not available in this page. There are " + AVAILABLE + ".",
    ),
    (
        ImportError,
        r"cannot import name '(\w+)' from '([\w.]+)'(.*)",
        "{1} has no {0}. Check the spelling and capitals; dir({1}) lists what it has.",
    ),
    (
        FileNotFoundError,
        r"No such file or directory: (.*)",
        "There is no file {0}: Python runs in the page and does not see the files of the computer."
        " pylib.data makes and holds the lesson's data.",
    ),
    (
        EOFError,
        r"EOF when reading a line",
        "input() cannot ask for anything in this page."
        " Give the value in the code instead: name = 'Ada'.",
    ),
    (
        UnboundLocalError,
        r"local variable '(\w+)'",
        "Inside this function {0} is read before it gets a value. A name that a function assigns"
        " is its own: pass the outer value in as an argument.",
    ),
    (
        RecursionError,
        r"",
        "A function called itself too often. Give it a case that ends without another call, and"
        " make sure that every call comes closer to it.",
    ),
    (
        ValueError,
        r"Maximum allowed dimension exceeded",
        "There is not enough memory for this: an array in the page ends at 2 GB. Check the shape.",
    ),
    (
        MemoryError,
        r"",
        "There is not enough memory for this. Check the shape: np.zeros(10**9) needs 8 GB."
        " Take fewer rows or a smaller grid.",
    ),
    (
        AssertionError,
        r"^$",
        "An assert was not true. Print both sides of the comparison just before it.",
    ),
    (
        KeyboardInterrupt,
        r"",
        "The run was stopped.",
    ),
    (
        SystemExit,
        r"(.*)",
        "The code asked Python to exit, so the cell ends here. Variables are kept; take exit() or"
        " sys.exit() out to let the rest run.",
    ),
    # Errors of spelling and layout; the line is named by `explain`.
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
        r"invalid character '(.)'",
        "The character {0} is not part of Python; pasted text often brings curly quotation marks"
        ' and long dashes. Type " or - instead.',
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
        r"expected an indented block after (.*) on line (\d+)",
        "The line after the colon of line {1} must be indented. Put four spaces before it, or"
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


def explain(error: BaseException, names: Iterable[str] = ()) -> str:
    """What happened, then what to try, for somebody who is new to Python.

    Args:
        error: The exception that ended a cell.
        names: The names that the cell could have meant, for a name that is not defined.

    Returns:
        Plain words. Where no rule fits, the exception's own text, or its class where it has none.

    Examples:
        >>> explain(ZeroDivisionError("division by zero"))[:32]
        'Something is divided by zero. Pr'
        >>> explain(NameError("name 'los' is not defined", name="los"), ["loss", "lr"])[:51]
        'The name los has no value yet. Did you mean loss? I'
    """
    text = str(error)
    if type(error) is NameError and error.name:
        return _unknown_name(error.name, names)
    if isinstance(error, SyntaxError):
        text = error.msg or text
    for kind, pattern, words in RULES:
        if isinstance(error, kind) and (match := re.search(pattern, text, re.DOTALL)):
            words = words.format(*(group for group in match.groups() if group is not None))
            break
    else:
        words = text or type(error).__name__
    if isinstance(error, SyntaxError) and error.lineno:
        return f"Line {error.lineno}: {words}"
    return words


def _unknown_name(name: str, names: Iterable[str]) -> str:
    import difflib  # only now: a page's start must be quick

    usual = {"np": "import numpy as np", "plt": "import matplotlib.pyplot as plt"}
    if name in usual:
        return f"The name {name} has no value yet. Add {usual[name]} at the top of the cell."
    near = difflib.get_close_matches(name, [n for n in names if not n.startswith("_")], n=1)
    meant = f" Did you mean {near[0]}?" if near else " Check its spelling and capitals."
    return f"The name {name} has no value yet.{meant} If another cell defines it, run that first."
