"""Words on what Python cannot do in a page: files, questions, threads, programs, the network."""

from pylib.kernel.error_help.rule import Rule

NO_FILE = (
    "There is no file {0}: Python runs in the page and does not see the files of the computer."
    " Make one in the code first, for example with open('data.csv', 'w') and write(...), or read"
    " from a text: np.loadtxt(io.StringIO(text)). pylib.data makes and holds the lesson's data."
)
ONE_THREAD = (
    "Python has one thread in this page: no other thread or process can be started. Write an"
    " ordinary loop, or let NumPy work on whole arrays."
)
NO_NETWORK = (
    "Nothing can be fetched from the network in this page. Paste small data into the code as a"
    " text; pylib.data makes and holds the lesson's data."
)
NO_TEX = (
    "LaTeX is not there, so text.usetex is off again. matplotlib sets formulas itself: write them"
    " between $ signs, without this setting."
)
USE_AWAIT = "In a cell that awaits, asyncio is running already: write await main() in its place."

RULES: tuple[Rule, ...] = (
    (
        FileNotFoundError,
        r"No such file or directory: (.*)",
        NO_FILE,
    ),
    (
        FileNotFoundError,
        r"^(.*) not found\.$",
        NO_FILE,
    ),
    (
        EOFError,
        r"EOF when reading a line|^$",
        "input() cannot ask here, and getpass() nowhere in a page. Python can wait for an answer"
        " only where the page is cross-origin isolated, and where no control has run the cell."
        " Give the value in the code instead: name = 'Ada'.",
    ),
    (
        RuntimeError,
        r"can't start new thread",
        ONE_THREAD,
    ),
    (
        ModuleNotFoundError,
        r"_multiprocessing|_posixshmem",
        ONE_THREAD,
    ),
    (
        NotImplementedError,
        r"multiprocessing",
        ONE_THREAD,
    ),
    (
        OSError,
        r"does not support processes",
        "No other program can be started in this page: neither with subprocess, nor LaTeX with"
        " text.usetex (the setting is off again; matplotlib sets formulas between $ signs itself)."
        " Do it in Python.",
    ),
    (
        RuntimeError,
        r"latex could not be found|Failed to process string with tex",
        NO_TEX,
    ),
    (
        "JsException",
        r"(Cells (?:cannot|run Python only).*)\.$",
        "{0}.",
    ),
    (
        ModuleNotFoundError,
        r"No module named '(?:micropip|piplite|pip)'",
        "Nothing can be installed in this page. There are NumPy, matplotlib, pylib and Python's"
        " standard library.",
    ),
    (
        "URLError",
        r"",
        NO_NETWORK,
    ),
    (
        "HTTPException",
        r"",
        NO_NETWORK,
    ),
    (
        "gaierror",
        r"",
        NO_NETWORK,
    ),
    (
        ConnectionError,
        r"",
        NO_NETWORK,
    ),
    (
        OSError,
        r"(?:Host|Network) is unreachable",
        NO_NETWORK,
    ),
    (
        "ZoneInfoNotFoundError",
        r"No time zone found with key ([\w/+-]+)",
        "There is no time zone {0}: the page has no table of time zones. Use"
        " datetime.timezone.utc, or datetime.timezone(datetime.timedelta(hours=1)).",
    ),
    (
        ImportError,
        r"Cannot load backend|No module named '(?:_?tkinter|turtle|PyQt\d|PySide\d)'",
        "There are no windows in this page. Figures are shown below the cell by themselves: take"
        " the line out.",
    ),
    (
        ModuleNotFoundError,
        r"No module named '(_?curses|dbm|ensurepip|fcntl|grp|idlelib|msvcrt|pwd|readline|resource"
        r"|syslog|termios|tty|venv|winreg|winsound)[\w.]*'",
        "{0} needs an operating system or a terminal, and this page has neither. The rest of"
        " Python's standard library is here.",
    ),
    (
        "BdbQuit",
        r"",
        "A debugger waits for commands that are typed, and a cell cannot be typed to while it"
        " runs. Print the values instead.",
    ),
    (
        RuntimeError,
        r"cannot be called (?:from|when another).* event loop|This event loop is already running"
        r"|another loop is running",
        USE_AWAIT,
    ),
    (
        RuntimeError,
        r"no (?:running|current) event loop",
        "asyncio is not running here. Write an async function that does this, and await it in the"
        " cell: await main().",
    ),
    (
        "CancelledError",
        r"",
        "What is awaited here was cancelled. A task ends with the cell that has started it: await"
        " it in that cell.",
    ),
    (
        TimeoutError,
        r"^$",
        "What is awaited here took longer than its time limit. Give it more, or less to do.",
    ),
    (
        SystemExit,
        r"",
        "The code asked Python to exit, so the cell ends here. Variables are kept; take exit() or"
        " sys.exit() out to let the rest run.",
    ),
)
