"""Words on arrays and numbers: shapes, positions, sizes, and what no float can hold."""

from pylib.kernel.error_help.rule import Rule

TOO_BIG = (
    "There is not enough memory for this: an array or a list in the page ends at 2 GB, and"
    " np.zeros(10**9) needs 8 GB. Check the shape; take fewer rows or a smaller grid."
)
NO_INTEGER = (
    "{0} has no whole number: a computation before this line has left what a float can hold."
    " Print the value just before; in training, try a tenth of the learning rate."
)

RULES: tuple[Rule, ...] = (
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
        r"math domain error|expected a (?:positive|nonnegative) input",
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
        r"Maximum allowed dimension exceeded|array is too big",
        TOO_BIG,
    ),
    (
        ValueError,
        r"cannot convert float (NaN) to integer",
        NO_INTEGER,
    ),
    (
        MemoryError,
        r"Unable to allocate (.*) for an array with shape (\(.*?\))",
        "There is not enough memory for this: an array of shape {1} needs {0}. Check the shape;"
        " take fewer rows or a smaller grid.",
    ),
    (
        MemoryError,
        r"",
        TOO_BIG,
    ),
    (
        FloatingPointError,
        r"(.*)",
        "{0}\nThe numbers left what a float can hold, as they do when a run diverges. Try a tenth"
        " of the learning rate, clip the gradients, or scale the inputs to about -1 to 1.",
    ),
    (
        OverflowError,
        r"index-sized integer",
        TOO_BIG,
    ),
    (
        OverflowError,
        r"cannot convert float (infinity) to integer",
        NO_INTEGER,
    ),
    (
        OverflowError,
        r"integer (-?\d+) out of bounds for (\w+)",
        "{0} does not fit into an array of type {1}. Make the array one of int or of float: {1}"
        " holds small numbers only.",
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
        r"Cannot cast ufunc '\w+' output from dtype\('(\w+)'\) to dtype\('(\w+)'\)",
        "An array of {1} cannot hold the {0} numbers that come out here. Make it an array of"
        " floats from the start: np.array([...], dtype=float), or write 1.0 in place of 1.",
    ),
    (
        TypeError,
        r"only 0-dimensional arrays|only length-1 arrays|only size-1 arrays",
        "A single number is needed here, and this is an array of several."
        " Pick one (a[0]), or reduce them: a.mean(), a.sum().",
    ),
    (
        IndexError,
        r"index (-?\d+) is out of bounds for axis (\d+) with size (\d+)",
        "There is no element {0}: this direction (axis {1}) has {2}, counted from 0."
        " Print .shape of the array.",
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
)
