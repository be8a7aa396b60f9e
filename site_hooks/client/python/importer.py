"""In the browser: imports modules from a pack of bytecode, and fetches rarer files when asked for.

A start brings the bytecode of what a first plot needs, in three files and two packs of extension
modules, as far as the first cells need them. All other files of the standard library and the
packages lie in further packs, which come when a module of theirs is imported, when a source is
read, or in the background.
"""

import functools
import json
import marshal
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from importlib.machinery import ExtensionFileLoader, ModuleSpec, PathFinder
from types import CodeType, FrameType, ModuleType
from typing import Any, TypeAlias

# The pack with the sources of the modules whose bytecode came first: for tracebacks and inspect.
SOURCES = "sources"

# Matplotlib 3.10.8 imports these, and uses them where a picture is read, shown or saved. Not needed
# once `import matplotlib.pyplot` leaves PIL.Image out of sys.modules.
WHEN_USED = ("PIL.Image", "PIL.PngImagePlugin")

# Modules and packages of pylib that lie in a pack of their own, because few cells import them.
LATE = {
    **dict.fromkeys(("pylib.data.breast_cancer", "pylib.data.iris"), "tables"),
    **dict.fromkeys(("pylib.microscope", "pylib.race"), "instruments"),
}

# Name of a pack, and whether to go past what the browser keeps -> its bytes as its file has them,
# the hash that they must have, and the server's status (0: no line).
Download: TypeAlias = Callable[[str, bool], tuple[bytes, str, int]]


class Importer:
    """A finder and loader for sys.meta_path."""

    def __init__(self, index: dict[str, Any]) -> None:
        # Name -> the pack with its code and where in it ("", 0, 0 where it has none), and its file.
        self.code: dict[str, tuple[str, int, int, str]] = {
            name: (pack, at, length, file) for name, pack, at, length, file in index["code"]
        }
        # Name of a module, or path of a file -> pack.
        self.packs: dict[str, str] = {}
        for pack, names in index["modules"].items():
            self.packs.update(dict.fromkeys(names, pack))
        for pack, paths in index["files"].items():
            self.packs.update(dict.fromkeys(paths, pack))
        self.root: dict[str, str] = index["roots"]
        self.patterns: dict[str, dict[str, list[str]]] = index["patterns"]
        self.arrived: set[str] = set()
        self.download: Download | None = None

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module from the pack; for one that lies elsewhere, fetches its pack first."""
        if name in self.code:
            return self._spec(name)
        pack = self.packs.get(name)
        if pack is None:
            return None
        self.need(pack)
        folder = f"{self.root[pack]}/{name.replace('.', '/')}".rpartition("/")[0]
        return PathFinder.find_spec(name, [folder])

    def _spec(self, name: str) -> ModuleSpec:
        file = self.get_filename(name)
        if file.endswith(".so"):
            self.need_file(self.code[name][0], file)
            spec = ModuleSpec(name, ExtensionFileLoader(name, file), origin=file)
            spec.has_location = True
            return spec
        if not file.endswith(".py"):  # a namespace package: a folder without __init__.py
            spec = ModuleSpec(name, None, is_package=True)
            spec.submodule_search_locations = [file]
            return spec
        is_package = file.endswith("/__init__.py")
        loader: Any = self
        spec = ModuleSpec(name, loader, origin=file, is_package=is_package)
        spec.has_location = True
        if is_package:
            spec.submodule_search_locations = [file.rpartition("/")[0]]
        return spec

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """The usual module object."""
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Runs the module's code."""
        name = module.__spec__.name if module.__spec__ else module.__name__
        if name in WHEN_USED:
            module.__class__ = WhenUsed
            return
        if name == "matplotlib":
            self.need_file(
                "data", f"{self.get_filename(name).rpartition('/')[0]}/mpl-data/matplotlibrc"
            )
        exec(self.get_code(name), module.__dict__)
        match name:
            case "matplotlib._docstring":
                _leave_docstrings(module)
            case "matplotlib.artist":
                _leave_signatures(module)
            case "matplotlib._fontconfig_pattern":
                self._know_patterns(module)
            case "matplotlib.font_manager":
                self._fetch_fonts_when_asked(module)

    def get_code(self, name: str) -> CodeType:
        """The module's code object."""
        pack, at, length, _ = self.code[name]
        # Without a file object: making one takes longer than reading most modules.
        try:
            file = os.open(f"/lib/{pack}.code", os.O_RDONLY)
        except FileNotFoundError:  # the memory that Python woke with did without
            self.need(pack)
            file = os.open(f"/lib/{pack}.code", os.O_RDONLY)
        try:
            code: CodeType = marshal.loads(os.pread(file, length, at))
        finally:
            os.close(file)
        return code

    def get_source(self, name: str) -> str | None:
        """The module's source; inspect waits for it, a traceback does without until it comes."""
        path = self.get_filename(name)
        if not path.endswith(".py") or (SOURCES not in self.arrived and _in_traceback()):
            return None
        self.need(SOURCES)
        with open(path, encoding="utf-8") as file:  # noqa: PTH123
            return file.read()

    def get_filename(self, name: str) -> str:
        """The path that the module's source has."""
        return self.code[name][3]

    def is_package(self, name: str) -> bool:
        """Whether the module is a package."""
        return self.get_filename(name).endswith("/__init__.py")

    def need_file(self, pack: str, file: str) -> None:
        """Waits for a pack unless its file is there, or stands for what is loaded already."""
        try:
            os.stat(file)  # noqa: PTH116 (pathlib is slow to make)
        except FileNotFoundError:
            self.need(pack)

    def need(self, pack: str) -> None:
        """Waits for a pack: the worker's own network request, because an import cannot be put off.

        Raises:
            ImportError: the download failed, or its hash is not the one that was pinned; and did so
                again past what the browser keeps.
        """
        if pack in self.arrived:
            return
        if self.download is None:
            raise ImportError(f"{pack} cannot be fetched before Python is ready")
        # These lie in the pack, which is not open yet when this module is imported.
        import base64
        import hashlib
        import zlib

        for past_cache in (False, True):
            content, integrity, status = self.download(pack, past_cache)
            digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
            if integrity == f"sha256-{digest}":
                break
        else:
            raise ImportError(f"{pack} could not be downloaded: {_reason(status)}")
        is_zipped = content.startswith(
            b"\x1f\x8b"
        )  # no pack begins so: a multiple of four comes first
        for path, body in unpack(zlib.decompress(content, wbits=31) if is_zipped else content):
            os.makedirs(path.rpartition("/")[0], exist_ok=True)  # noqa: PTH103
            with open(path, "wb") as file:  # noqa: PTH123
                file.write(body)
        self.has_arrived(pack)

    def connect(self, download: Callable[[str, bool], Any]) -> None:
        """Takes the worker's download function: bytes arrive as JavaScript's."""

        def fetch(pack: str, past_cache: bool) -> tuple[bytes, str, int]:
            content, integrity, status = download(pack, past_cache)
            return content.to_bytes(), integrity, status

        self.download = fetch

    def has_arrived(self, pack: str) -> None:
        """The pack's files are in place."""
        self.arrived.add(pack)
        # PathFinder.invalidate_caches() of Python 3.14 imports importlib.metadata too, from a pack
        # of its own. Not needed once it leaves that out of sys.modules.
        for path, finder in list(sys.path_importer_cache.items()):
            if finder is None:
                del sys.path_importer_cache[path]
            elif hasattr(finder, "invalidate_caches"):
                finder.invalidate_caches()

    def _know_patterns(self, fontconfig: Any) -> None:
        """Matplotlib's own settings name fonts by patterns; their meaning is in the index.

        Matplotlib 3.10.8 has a grammar of pyparsing for them: not needed once it imports none.
        """
        plain = fontconfig.parse_fontconfig_pattern

        @functools.wraps(plain)
        def parse_fontconfig_pattern(pattern: str) -> dict[str, list[str]]:
            known: dict[str, list[str]] = self.patterns.get(pattern) or plain(pattern)
            return known

        fontconfig.parse_fontconfig_pattern = parse_fontconfig_pattern

    def _fetch_fonts_when_asked(self, font_manager: Any) -> None:
        """Fonts but the first are empty files until matplotlib opens one, by get_font in 3.10.8.

        An update that opens them by another name fails on the first formula, on an empty file.
        """
        plain = font_manager.get_font

        @functools.wraps(plain)
        def get_font(font_filepaths: Any, hinting_factor: Any = None) -> Any:
            paths = (
                [font_filepaths]
                if isinstance(font_filepaths, str | bytes | os.PathLike)
                else font_filepaths
            )
            for path in paths:
                pack = self.packs.get(str(path))
                if pack:
                    self.need(pack)
            return plain(font_filepaths, hinting_factor)

        font_manager.get_font = get_font


class LatePylib:
    """The last finder of sys.meta_path: modules of pylib that cells import before they are here."""

    def __init__(self, importer: Importer) -> None:
        self.importer = importer

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Fetches the module's pack, once."""
        pack = LATE.get(name, "pylib")
        if not name.startswith("pylib.") or pack in self.importer.arrived:
            return None
        self.importer.need(pack)
        return PathFinder.find_spec(name, path)


class WhenUsed(ModuleType):
    """A module that is imported, and runs when a name of it is looked up for the first time."""

    def __getattr__(self, name: str) -> Any:
        """Runs the module, and looks again."""
        if name.startswith("__"):
            raise AttributeError(name)
        self.__class__ = ModuleType  # type: ignore[assignment]
        loader: Any = self.__spec__ and self.__spec__.loader
        exec(loader.get_code(self.__name__), self.__dict__)
        return getattr(self, name)


def _leave_docstrings(docstring: Any) -> None:
    """Matplotlib 3.10.8 completes docstrings from those of other modules, which were left out.

    Not needed once its modules do not do so when they are imported.
    """

    def leave(interpd: Any, documented: Any) -> Any:
        return documented

    type(docstring.interpd).__call__ = leave


def _leave_signatures(artist: Any) -> None:
    """Matplotlib 3.10.8 lists each artist's properties in the signature of its `set`, at import.

    Not needed once it does so when the signature is asked for.
    """

    def leave(kind: Any) -> None:
        kind.set._autogenerated_signature = True

    artist.Artist._update_set_signature_and_docstring = classmethod(leave)


def _reason(status: int) -> str:
    """Why a pack did not come as it was published, and what to do."""
    match status:
        case 0:
            return "there is no network; check the connection and run the cell again"
        case 200:
            return "something on the way changed or cut it; run the cell again"
        case 404:
            return "the server does not have it, perhaps after an update; reload the page"
        case _:
            return f"the server answered {status}; run the cell again later"


def _in_traceback() -> bool:
    frame: FrameType | None = sys._getframe(1)
    while frame and frame.f_globals.get("__name__") != "traceback":
        frame = frame.f_back
    return frame is not None


def unpack(content: bytes) -> Iterable[tuple[str, bytes]]:
    """The files of a pack: the length of its table, the table as JSON, the contents in order."""
    length = int.from_bytes(content[:4], "little")
    at = 4 + length
    for path, size in json.loads(content[4:at]):
        yield path, content[at : at + size]
        at += size


def install(stdlib: str) -> Importer:
    """Puts the importer first, and moves what the boot archive held to the library's usual place.

    Args:
        stdlib: the folder where sources of the standard library are put.

    Pyodide 314.0.4 imports the standard library from a zip file, and modules that it has imported
    name that; not needed once it takes a folder.
    """
    with open("/lib/index.marshal", "rb") as index:  # noqa: PTH123 (pathlib is not loaded this early)
        importer = Importer(marshal.load(index))
    sys.meta_path[:] = [importer, *sys.meta_path, LatePylib(importer)]
    archive = next(entry for entry in sys.path if entry.endswith(".zip"))
    sys.path[sys.path.index(archive)] = stdlib
    sys.path_importer_cache.pop(archive, None)
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None) or ""
        if file.startswith(archive):
            module.__file__ = stdlib + file[len(archive) :].removesuffix("c")
            if hasattr(module, "__path__"):
                module.__path__ = [module.__file__.rpartition("/")[0]]
    return importer


def reseed() -> None:
    """After a restore: what was drawn from the system's randomness is drawn anew."""
    import random
    import time

    random.seed()
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()
    if hasattr(time, "tzset"):
        time.tzset()
