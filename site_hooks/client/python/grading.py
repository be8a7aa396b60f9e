"""Judges what learners handed in: runs their code, then checks that it cannot have patched.

It runs in the worker that grader.ts starts, and in CPython. Code and check share an interpreter,
because a check calls what the learner wrote; an interpreter has no walls inside. So what judges is
kept out of reach (a namespace of its own, builtins of its own, no place in `sys.modules`); what it
relies on is compared with how it was before, and put back; and what only code that looks for a way
out does is told at once to who cannot be reached from Python. A pass with such a flag is doubtful.
"""

import ast
import builtins
import gc
import importlib
import io
import json
import linecache
import os
import random
import re
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from gc import collect, freeze
from operator import is_not
from os import chdir
from pathlib import Path
from sys import getprofile, gettrace, setprofile, setrecursionlimit, settrace
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any, TypeAlias

import numpy

from pylib.kernel import checking, execute, mpl_style, needs

Tell = Callable[[str], object]

# Functions that are made below look builtins up here: patched ones do not reach them. For the same
# reason what is called before all is put back was imported by its own name.
OWN = dict(vars(builtins))
globals()["__builtins__"] = OWN
MODULES = sys.modules

# Of these every public name is compared, and what is added to them taken away again.
LESSON = ("numpy", "pylib")
# Besides these, Python's own modules are compared, and the finder of the browser's packs; but not
# how warnings are shown. What draws is not: no check relies on it, and it keeps much in itself.
COMPARED = {*sys.stdlib_module_names, *LESSON, "importer"} - {"warnings"}
# The way from Python to the worker's JavaScript: hidden while a learner's code runs.
BROWSER = ("_pyodide", "_pyodide_core", "js", "pyodide", "pyodide_js")
# What a class says to make comparisons and conversions come out as it likes.
SAYS = (
    *("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__bool__", "__abs__"),
    *("__sub__", "__rsub__", "__float__", "__array__", "__array_function__", "__array_ufunc__"),
    "__instancecheck__",
)
# Python's own bases of classes that a learner writes.
BASES = (object, int, float, complex, str, bytes, tuple, list, dict, set, type)

MEMORY = "looks through Python’s memory"
INSIDE = "changes what a function or a class is made of"
FRAMES = "looks into the frames of what judges it"
TRACING = "watches what judges it"
TEXT = "makes code out of text"
NETWORK = "asks for the network"
PROGRAM = "starts a program"
LIBRARY = "writes to Python’s files"
# Audit events; all but the last three only where the learner's own code is what calls.
EVENTS = {
    "gc.get_objects": MEMORY,
    "gc.get_referrers": MEMORY,
    "gc.get_referents": MEMORY,
    "sys._getframe": FRAMES,
    "sys._current_frames": FRAMES,
    "sys._current_exceptions": FRAMES,
    "sys.settrace": TRACING,
    "sys.setprofile": TRACING,
    "sys.monitoring.register_callback": TRACING,
    "sys.addaudithook": TRACING,
    "exec": TEXT,
    "compile": TEXT,
    "code.__new__": TEXT,
    "marshal.loads": TEXT,
    "subprocess.Popen": PROGRAM,
    "os.system": PROGRAM,
    "os.exec": PROGRAM,
}
ALWAYS = (MEMORY, TRACING, PROGRAM)
# They hand on the frames that they look for.
ASKED = ("inspect", "traceback")
FRAME_NAMES = ("tb_frame", "gi_frame", "cr_frame", "ag_frame")
# Names by which code gets at what it did not make; a call that only looks is not among them.
REACHES = {
    *("__builtins__", "__closure__", "__code__", "__dict__", "__globals__", "__import__"),
    *("__setattr__", "__subclasses__", "cell_contents", "delattr", "f_back", "setattr", "vars"),
}
INSIDE_NAMES = ("__defaults__", "__kwdefaults__")
NETWORKS = ("socket.", "urllib.", "http.client.", "ftplib.", "smtplib.")
FILES = ("open", "os.remove", "os.rename", "os.rmdir", "os.truncate", "shutil.rmtree")
# Where Python and the lesson's library lie. Nobody but `compile` and its like, which are heard,
# makes code that says that it is from there.
FOLDERS = tuple(
    str(Path(file).resolve().parents[above])
    for file, above in ((os.__file__, 0), (checking.__file__, 1), (numpy.__file__, 1))
)
# The browser's Python begins with a library in a zip file beside that folder.
TRUSTED = (*FOLDERS, "/lib/python314.zip", "<frozen ", "<check ")
# What a lesson's code imports of Python: compared, too, and known before a learner's code runs.
STANDARD = (
    *("abc", "bisect", "collections", "contextlib", "copy", "dataclasses", "datetime", "decimal"),
    *("enum", "fractions", "functools", "heapq", "inspect", "itertools", "json", "math", "numbers"),
    *("operator", "pprint", "random", "re", "statistics", "string", "textwrap", "time", "timeit"),
    *("tokenize", "traceback", "types", "typing", "warnings", "asyncio"),
    *("numpy.linalg", "numpy.ma", "numpy.random", "numpy.testing", "matplotlib.pyplot"),
)
PACKAGES = (
    *("pylib.checks", "pylib.data", "pylib.gradcheck", "pylib.losses", "pylib.microscope"),
    "pylib.models",
    *("pylib.optimizers", "pylib.palette", "pylib.plots", "pylib.schedules", "pylib.surfaces"),
    "pylib.training",
)

_MISSING = object()
# The type of what a class in C says.
_SLOT = type(object.__eq__)
_Counting: TypeAlias = tuple[list[str], list[Any]]
_CONSTANTS = (bool, int, float, complex, str, bytes, tuple)


def grader(tell: Tell) -> Callable[[str], str]:
    """Makes the function that grades.

    Args:
        tell: Is told of each flag while the code runs, whatever becomes of Python after that.

    Returns:
        JSON of a `GradeRequest` -> JSON of a `Graded`: see client/shared/grading.ts.
    """
    for name in (*STANDARD, *PACKAGES, "pylib.kernel.event_loop"):
        with suppress(ImportError):
            _import_whole(name)
    # What a first run and a first error import and change is there before anything is compared.
    for source in ("0", "1 / 0"):
        execute.run(source, {}, lambda _: None, stills=True)
    checking.words_on(AssertionError(), "", {})
    watch = _Watch(tell)
    baseline = _Baseline()
    sys.addaudithook(watch.hear)
    collect()
    freeze()  # a collection looks at nothing but what a learner's code leaves

    def grade(request_json: str) -> str:
        return json.dumps(_grade(json.loads(request_json), watch, baseline))

    return grade


def _grade(request: dict[str, Any], watch: "_Watch", baseline: "_Baseline") -> dict[str, Any]:
    cell, source, lesson = request["cell"], request["source"], request["lesson"]
    if line := checking.first_blank(source):
        return _graded("blank", checking.blank_verdict(line)["message"])
    checks = [(one["name"], _Check(one["source"], cell)) for one in request["checks"]]
    classes, imported = _classes(), set(MODULES)
    module = ModuleType("__main__")
    outcome, message, failed = "pass", "", None
    watch.begin()
    for words in _reaches(source, lesson):
        watch.flag(words)
    with _surroundings(module):
        for before in request["before"]:
            _run(before["source"], before["id"], module, watch)
        error = _run(source, cell, module, watch)
    if error is not None:
        outcome, message = "error", error
    for name, check in () if error is not None else checks:
        # The code, or what an earlier check called, may have patched what this one relies on.
        baseline.restore(watch)
        names = _names(module, check, source, lesson, watch.flag)
        with _surroundings(module):
            message = check.judge(names, watch)
        if message:
            outcome, failed = "fail", name
            break
    _flag_classes(classes, lesson, watch.flag)
    # What the code left behind goes now, with what it does when it goes.
    with _surroundings(ModuleType("__main__")), watch.on():
        vars(module).clear()
        names = {}
        collect()
    baseline.restore(watch)
    if outcome == "pass" and watch.flags:
        outcome = "doubtful"
    renew = _forget_imports(imported) or bool(watch.flags)
    return _graded(outcome, message, failed, watch.flags, renew=renew)


def _graded(
    outcome: str,
    message: str = "",
    check: str | None = None,
    flags: Iterable[str] = (),
    *,
    renew: bool = False,
) -> dict[str, Any]:
    return {
        "outcome": outcome,
        "message": message,
        "check": check,
        "flags": list(flags),
        "renew": renew,
    }


# --- Running ---


@contextmanager
def _surroundings(module: ModuleType) -> Iterator[None]:
    """The same for every hand-in, and none of the worker's JavaScript within reach."""
    before = MODULES["__main__"]
    hidden = {name: MODULES.pop(name) for name in BROWSER if name in MODULES}
    MODULES["__main__"] = module
    trace, profile, limit = gettrace(), getprofile(), sys.getrecursionlimit()
    folder = os.getcwd()  # noqa: PTH109
    random.seed(0)
    numpy.random.seed(0)
    numpy.seterr(all="warn", under="ignore")  # as NumPy begins
    if "matplotlib" in MODULES:
        mpl_style.use_style()
    try:
        yield
    finally:
        if gettrace() is not trace:
            settrace(trace)
        if getprofile() is not profile:
            setprofile(profile)
        setrecursionlimit(limit)
        chdir(folder)
        for name in BROWSER:
            MODULES.pop(name, None)
        MODULES.update(hidden)
        MODULES["__main__"] = before


def _run(source: str, cell: str, module: ModuleType, watch: "_Watch") -> str | None:
    """What the cell's error says; None if it came to its end."""
    said: list[str] = []

    def emit(event: dict[str, Any]) -> None:
        if event["kind"] == "error":
            said.append(f"{event['type']}: {event['message']}")

    with watch.on():
        try:
            execute.run(source, vars(module), emit, cell=cell, stills=True)
        except BaseException as error:
            said.append(type(error).__name__)
    return said[0] if said else None


class _Check:
    """A check, compiled before any code of a learner ran."""

    def __init__(self, source: str, cell: str) -> None:
        filename = f"<check {cell}>"
        lines = [f"{line}\n" for line in source.split("\n")]
        linecache.cache[filename] = (len(source), None, lines, filename)
        self._cell = cell
        self._code: CodeType | None = None
        self._fault = ""
        self.binds: set[str] = set()
        self.reads: set[str] = set()
        try:
            self._code = compile(source, filename, "exec", dont_inherit=True)
        except SyntaxError as error:
            self._fault = f"The check is no Python: {error.msg} in its line {error.lineno}."
            return
        self.binds = _bound(source)
        self.reads = {n.id for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Name)}

    def judge(self, names: dict[str, Any], watch: "_Watch") -> str:
        """Why it is not passed; empty if it is."""
        if self._code is None:
            return self._fault
        before = set(names)
        dropped = io.StringIO()
        problem: BaseException | None = None
        quiet = warnings.catch_warnings(action="ignore")
        with watch.on(), redirect_stdout(dropped), redirect_stderr(dropped), quiet:
            try:
                exec(self._code, names)
            except BaseException as error:
                problem = error
            said = "" if problem is None else self._words(problem, names)
        if (names.keys() - before - self.binds) & OWN.keys():
            watch.flag("writes into the names of the check")
        return said

    def _words(self, problem: BaseException, names: dict[str, Any]) -> str:
        with suppress(BaseException):  # its words may be the learner's own
            if said := str(checking.words_on(problem, self._cell, names)["message"]):
                return said
        return f"The check ended with {type(problem).__name__}."


def _names(
    module: ModuleType, check: _Check, source: str, lesson: str, flag: Tell
) -> dict[str, Any]:
    """What the check sees: the learner's names, without those that would stand for built-ins."""
    names = {name: value for name, value in vars(module).items() if type(name) is str}
    for name in check.reads & OWN.keys() & names.keys() - _bound(lesson):
        if callable(names.pop(name)):
            flag(f"gives the built-in {name} another meaning")
    return names | {checking.SOURCE: source, "__builtins__": dict(OWN)}


def _bound(source: str) -> set[str]:
    """The names that code gives a value."""
    try:
        return set(needs.names(source).made)
    except SyntaxError:
        return set()


def _forget_imports(before: set[str]) -> bool:
    """Forgets modules that came since, which may hold anything; whether some cannot be."""
    new = MODULES.keys() - before
    if any(name.partition(".")[0] not in sys.stdlib_module_names for name in new):
        return True
    for name in new:
        del MODULES[name]
        parent, _, last = name.rpartition(".")
        if parent in MODULES:
            vars(MODULES[parent]).pop(last, None)
    return False


# --- What only code does that looks for a way out ---


def _reaches(source: str, lesson: str) -> Iterator[str]:
    """What is seen in the code itself: a patch that takes itself back leaves nothing to compare."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return
    words = set(re.findall(r"\w+", lesson))
    for name in sorted(_named(tree) & REACHES - words):
        yield f"uses {name}"
    imported = _imported(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            root: ast.expr = node
            while isinstance(root, ast.Attribute):
                root = root.value
            if isinstance(root, ast.Name) and root.id in imported:
                yield f"assigns to {ast.unparse(node)}"


def _named(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Constant(value=str(name)):
                found.add(name)
    return found


def _imported(tree: ast.AST) -> set[str]:
    """The names that imports bind, and those that are given to these."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            found |= {(a.asname or a.name).partition(".")[0] for a in node.names}
    size = -1
    while size < len(found):
        size = len(found)
        for node in ast.walk(tree):
            match node:
                case ast.Assign(value=ast.Name(id=name), targets=targets) if name in found:
                    found |= {one.id for one in targets if isinstance(one, ast.Name)}
    return found


class _Watch:
    """Hears what Python does while a learner's code runs, and tells it at once."""

    def __init__(self, tell: Tell) -> None:
        self.flags: list[str] = []
        # Of some function it was changed what it does.
        self.has_changed = False
        self._tell = tell
        self._listens = False
        self._getframe = sys._getframe

    @contextmanager
    def on(self) -> Iterator[None]:
        """While the block runs."""
        self._listens = True
        sys.meta_path.insert(0, self)
        try:
            yield
        finally:
            self._listens = False
            with suppress(ValueError):
                sys.meta_path.remove(self)

    def begin(self) -> None:
        """A hand-in's exercise comes next."""
        self.flags.clear()
        self.has_changed = False

    def flag(self, words: str) -> None:
        """Notes what was done, and tells it."""
        if words not in self.flags:
            self.flags.append(words)
            self._tell(words)

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """A finder that finds nothing: it only sees who looks for what is hidden."""
        if name.partition(".")[0] in BROWSER:
            self.flag("looks for the browser’s JavaScript")

    def hear(self, event: str, args: tuple[Any, ...]) -> None:
        """An audit hook: Python has no call that takes it away again."""
        if not self._listens:
            return
        self._listens = False  # what is done here is nothing that the learner does
        try:
            words = self._words(event, args)
            if words:
                self.flag(words)
        finally:
            self._listens = True

    def _words(self, event: str, args: tuple[Any, ...]) -> str | None:
        if event.startswith(NETWORKS):
            return NETWORK
        if event.startswith("ctypes."):
            return MEMORY
        if event in FILES:
            return LIBRARY if self._writes(event, args) else None
        words = EVENTS.get(event)
        if event == "object.__getattr__":
            words = FRAMES if args[1] in FRAME_NAMES else None
            words = INSIDE if args[1] in INSIDE_NAMES else words
        if event in ("object.__setattr__", "object.__delattr__"):
            self.has_changed = True
            words = INSIDE
        if words is None or words in ALWAYS:
            return words
        # The frames are: this one, hear's, the caller's.
        caller: FrameType | None = self._getframe(2)
        while caller and event == "sys._getframe" and caller.f_globals.get("__name__") in ASKED:
            caller = caller.f_back
        is_trusted = caller is None or caller.f_globals is globals() or _is_librarys(caller)
        return None if is_trusted else words

    def _writes(self, event: str, args: tuple[Any, ...]) -> bool:
        path, mode = args[0], args[1] if len(args) > 1 else None
        if event == "open" and not any(c in "wax+" for c in mode or ""):
            return False
        caller = self._getframe(3).f_globals.get("__name__", "")
        if caller in ("importer", "importlib._bootstrap_external"):
            return False
        return isinstance(path, str) and path.startswith(FOLDERS)


def _is_librarys(frame: FrameType) -> bool:
    return frame.f_code.co_filename.startswith(TRUSTED)


def _classes() -> dict[int, type]:
    """Every class that there is of Python's and NumPy's bases, by its id."""
    found: dict[int, type] = {}
    waiting: list[type] = [*BASES, numpy.ndarray]
    while waiting:
        kind = waiting.pop()
        if id(kind) not in found:
            found[id(kind)] = kind
            waiting += type.__subclasses__(kind) if kind is not type else []
    return found


def _flag_classes(before: dict[int, type], lesson: str, flag: Tell) -> None:
    for key, kind in _classes().items():
        if key in before:
            continue
        own = _own(kind)
        for name in SAYS:
            if name in own and name not in lesson and not _is_made(own[name], kind):
                flag(f"has a class with a {name} of its own")


def _is_made(member: Any, kind: type) -> bool:
    """It is the check's, a library's, in Python or in C, or what a dataclass has made."""
    if member is None:  # it refuses, and decides nothing
        return True
    if type(member) is FunctionType:
        return member.__code__.co_filename.startswith((*TRUSTED, "<string>"))
    return type(member) is _SLOT and getattr(member, "__objclass__", None) is kind


# --- What judges, as it was before any code of a learner ran ---


class _Baseline:
    """Modules, classes and functions as they are now."""

    def __init__(self) -> None:
        self.modules = dict(MODULES)
        # Where, its names, those of them that count, and what may be added to them.
        self._names: list[tuple[str, dict[str, Any], _Counting, set[str] | None]] = []
        self._classes: list[tuple[str, type, Any, _Counting, set[str]]] = []
        self._functions: list[tuple[str, FunctionType, CodeType, Any, Any]] = []
        self._held: list[tuple[str, Any, Any]] = []
        self._lists: list[tuple[ModuleType, str, list[Any], list[Any]]] = [
            (owner, name, getattr(owner, name), list(getattr(owner, name)))
            for owner, name in (
                (sys, "meta_path"),
                (sys, "path_hooks"),
                (sys, "path"),
                (gc, "callbacks"),
            )
        ]
        seen: set[int] = set()
        for name, module in self.modules.items():
            top = name.partition(".")[0]
            if top not in COMPARED or name == "__main__" or type(module) is not ModuleType:
                continue
            own = vars(module)
            strict = top in (*LESSON, "builtins")
            self._names.append(
                (name, own, _counting(own, strict=strict), set(own) if strict else None)
            )
            for value in list(own.values()):
                self._note(name, value, seen)

    def _note(self, where: str, value: object, seen: set[int]) -> None:
        if id(value) in seen:
            return
        seen.add(id(value))
        for function in _functions_of(value):
            self._note_function(where, function, seen)
        if isinstance(value, type):
            own = _own(value)
            label = f"{where}.{value.__name__}"
            self._classes.append((label, value, own, _counting(own, strict=False), set(own)))
            for member in list(own.values()):
                for function in _functions_of(member):
                    self._note_function(label, function, seen)

    def _note_function(self, where: str, function: FunctionType, seen: set[int]) -> None:
        if id(function.__code__) in seen:
            return
        seen.add(id(function.__code__))
        kept = function.__kwdefaults__ and dict(function.__kwdefaults__)
        label = f"{where}.{function.__name__}"
        self._functions.append((label, function, function.__code__, function.__defaults__, kept))
        for cell in function.__closure__ or ():
            if callable(held := _held(cell)):
                self._held.append((label, cell, held))

    def restore(self, watch: "_Watch") -> None:
        """Puts back what is another now, and tells of it."""
        for words in self._put_back():
            watch.flag(words)
        # To read a function's code is heard, and takes long for all of them; so is to change it.
        if watch.has_changed:
            for words in self._put_code_back():
                watch.flag(words)

    def _put_back(self) -> Iterator[str]:
        if sys.modules is not MODULES:
            sys.modules = MODULES
            yield "changes sys.modules"
        for name, module in self.modules.items():
            if MODULES.get(name) is not module and name not in ("__main__", *BROWSER):
                MODULES[name] = module
                yield f"puts another module in the place of {name}"
        for owner, name, own, kept in self._lists:
            now = getattr(owner, name, None)
            if now is not own or [id(one) for one in own] != [id(one) for one in kept]:
                setattr(owner, name, own)
                own[:] = kept
                yield f"changes {owner.__name__}.{name}"
        for name, names, (keys, values), known in self._names:
            if any(map(is_not, map(names.get, keys), values)):
                for key, value in zip(keys, values, strict=True):
                    if names.get(key) is not value:
                        names[key] = value
                        yield f"replaces {name}.{key}"
            if known is not None and len(names) > len(known):
                for key in names.keys() - known - {"__warningregistry__", "_"}:
                    if not issubclass(type(names[key]), ModuleType):
                        del names[key]
                        yield f"adds {key} to {name}"
        for label, kind, own, (keys, values), known in self._classes:
            if any(map(is_not, map(own.get, keys), values)):
                for key, value in zip(keys, values, strict=True):
                    if own.get(key) is not value:
                        with suppress(TypeError):
                            type.__setattr__(kind, key, value)
                        yield f"replaces {label}.{key}"
            if len(own) > len(known):
                for key in own.keys() - known:
                    if callable(own[key]) and not key.startswith(("__annotate", "_abc")):
                        with suppress(TypeError):
                            type.__delattr__(kind, key)
                        yield f"adds {key} to {label}"
        for label, cell, value in self._held:
            if _held(cell) is not value:
                cell.cell_contents = value
                yield f"changes what {label} holds"

    def _put_code_back(self) -> Iterator[str]:
        for label, function, code, defaults, kwdefaults in self._functions:
            if (
                function.__code__ is not code
                or function.__defaults__ is not defaults
                or (function.__kwdefaults__ or None) != kwdefaults
            ):
                function.__code__ = code
                function.__defaults__ = defaults
                function.__kwdefaults__ = kwdefaults and dict(kwdefaults)
                yield f"changes {label}"


def _functions_of(member: object) -> Iterator[FunctionType]:
    """The functions that a value is, or stands around."""
    kind = type(member)
    if kind is FunctionType:
        yield member  # type: ignore[misc]
    elif kind in (staticmethod, classmethod) or kind.__name__ == "_ArrayFunctionDispatcher":
        yield from _functions_of(member.__wrapped__)  # type: ignore[attr-defined]
    elif kind is property:
        yield from _functions_of(member.fget)  # type: ignore[attr-defined]


def _own(kind: type) -> Any:
    """The names of a class itself, whatever its own class says of them."""
    return type.__dict__["__dict__"].__get__(kind)


def _counts(key: str, value: object, *, strict: bool) -> bool:
    """Whether it makes a difference to a check that a name means something else now."""
    if callable(value) or isinstance(value, ModuleType):
        return not key.startswith("__annotate")
    return strict and isinstance(value, _CONSTANTS)


def _counting(own: Mapping[str, Any], *, strict: bool) -> _Counting:
    keys = [key for key, value in own.items() if _counts(key, value, strict=strict)]
    return keys, [own[key] for key in keys]


def _held(cell: Any) -> object:
    try:
        return cell.cell_contents
    except ValueError:  # nothing yet
        return _MISSING


def _import_whole(name: str) -> None:
    """With the names that it would import when they are asked for."""
    module = importlib.import_module(name)
    for each in getattr(module, "__all__", ()):
        with suppress(AttributeError, ImportError):
            getattr(module, each)
