"""Words on Python itself: types, calls, names, imports, and what ends a cell."""

from pylib.kernel.error_help.rule import Rule

AVAILABLE = "NumPy, matplotlib, pylib and Python's standard library"

RULES: tuple[Rule, ...] = (
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
        r"(?:invalid literal for int\(\) with base \d+|could not convert string to float): (.*)",
        "The text {0} is not a number. Check the spelling; a decimal number needs float(...).",
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
        r"(\w+)\(\) missing \d+ required (?:positional|keyword-only) arguments?: (.*)",
        "{0}() was called without {1}. Give it between the parentheses.",
    ),
    (
        TypeError,
        r"(\w+)\(\) takes (.*) but (\d+) (?:positional arguments )?w(?:as|ere) given",
        "{0}() takes {1}, and {2} were given. Settings usually go by name: lr=0.1.",
    ),
    (
        TypeError,
        r"(\w+)\(\) got an unexpected keyword argument '(\w+)'",
        "{0}() has no setting named {1}. help({0}) lists those it has.",
    ),
    (
        IndexError,
        r"(?:list|tuple|string) (?:assignment )?index out of range|pop from empty",
        "There is no element at this position: counting begins at 0 and ends at len(...) - 1."
        " Print len(...) and the index just before.",
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
        "A Python list has no .{0}.{meant} An array has more: a = np.array(a).",
    ),
    (
        AttributeError,
        r"(.*) has no attribute '(\w+)'",
        "There is no .{1} here: {0} does not have it.{meant} dir(...) lists what there is.",
    ),
    (
        ModuleNotFoundError,
        r"No module named '(pylib\.[\w.]+)'",
        "pylib has no module {0}.{meant} It has losses, optimizers, schedules, models, surfaces,"
        " data, training, gradcheck and plots.",
    ),
    (
        ModuleNotFoundError,
        r"No module named '([\w.]+)'",
        "{0} is not available in this page.{meant} There are " + AVAILABLE + ".",
    ),
    (
        ImportError,
        r"cannot import name '(\w+)' from '([\w.]+)'",
        "{1} has no {0}.{meant} dir({1}) lists what it has.",
    ),
    (
        UnboundLocalError,
        r"local variable '(\w+)'",
        "Inside this function {0} is read before it gets a value. A name that a function assigns"
        " is its own: pass the outer value in as an argument.",
    ),
    (
        RecursionError,
        r"getting the repr",
        "This value cannot be written out: lists lie in lists there, too many levels deep, or it"
        " holds what asks for its own text. Show a part of it instead.",
    ),
    (
        RecursionError,
        r"during (?:compilation|ast construction)",
        "An expression here has too many parts for Python to read. Break it into several lines.",
    ),
    (
        RecursionError,
        r"",
        "A function called itself too often. Give it a case that ends without another call, and"
        " make sure that every call comes closer to it. A __getattr__ that reads a missing"
        " attribute of self calls itself, too.",
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
)
