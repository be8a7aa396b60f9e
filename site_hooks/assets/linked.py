"""The libraries linked into Pyodide's file and into the wheels' extension modules.

Binaries carry no list of what is in them, so the list stands here, each entry with a marker that
its binary must hold. Which files hold it is found; a marker that no file holds ends the build.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from site_hooks.assets.component import Component
from site_hooks.errors import BuildError
from site_hooks.paths import PYODIDE
from site_hooks.pyodide import files

# The licensors' own words, one file per licence.
LICENCES = Path(__file__).parent / "licences"
CORE = "Pyodide"
UNKNOWN = "not stated"
IN_EMSCRIPTEN = "as in Emscripten 5.0.3"
IN_CPYTHON = "as in CPython 3.14.2"


class Linked(NamedTuple):
    """A library, and how its files are known: VERSION in the marker stands for its version."""

    name: str
    version: str
    licence: str
    text: str
    source: str
    marker: bytes


LIBRARIES = (
    Linked(
        "Emscripten",
        "5.0.3",
        "MIT OR NCSA",
        "emscripten",
        "https://emscripten.org",
        rb"VERSION\0",
    ),
    Linked(
        "musl",
        IN_EMSCRIPTEN,
        "MIT",
        "musl",
        "https://musl.libc.org",
        rb"Illegal byte sequence\0Domain error\0",
    ),
    Linked(
        "libc++, libc++abi and compiler-rt (LLVM)",
        IN_EMSCRIPTEN,
        "Apache-2.0 WITH LLVM-exception",
        "llvm",
        "https://llvm.org",
        rb"NSt3__2",
    ),
    Linked(
        "MiniLZ4",
        IN_EMSCRIPTEN,
        "MIT",
        "minilz4",
        "https://www.npmjs.com/package/lz4",
        rb"MiniLZ4=",
    ),
    Linked(
        "mimalloc",
        IN_CPYTHON,
        "MIT",
        "mimalloc",
        "https://github.com/microsoft/mimalloc",
        rb"mimalloc: warning",
    ),
    Linked(
        "HACL*",
        IN_CPYTHON,
        "MIT",
        "hacl",
        "https://github.com/hacl-star/hacl-star",
        rb"Modules/_hacl/Hacl_",
    ),
    Linked(
        "Expat",
        "2.7.3",
        "MIT",
        "expat",
        "https://libexpat.github.io",
        rb"expat_VERSION\0",
    ),
    Linked(
        "libffi",
        UNKNOWN,
        "MIT",
        "libffi",
        "https://github.com/libffi/libffi",
        rb"ffi_prep_closure_loc_js",
    ),
    Linked(
        "mpdecimal",
        "2.5.1",
        "BSD-2-Clause",
        "mpdecimal",
        "https://www.bytereef.org/mpdecimal/",
        rb"VERSION\0",
    ),
    Linked(
        "SQLite",
        "3.39.0",
        "blessing",
        "sqlite",
        "https://www.sqlite.org",
        rb"VERSION\0",
    ),
    Linked(
        "zlib",
        "1.3.1",
        "Zlib",
        "zlib",
        "https://zlib.net",
        rb"flate VERSION Copyright",
    ),
    Linked(
        "bzip2",
        "1.0.6",
        "bzip2-1.0.6",
        "bzip2",
        "https://sourceware.org/bzip2/",
        rb"VERSION, \d+-Sept-2010\0",
    ),
    Linked(
        "XZ Utils (liblzma)",
        "5.2.2",
        "LicenseRef-public-domain",
        "xz",
        "https://tukaani.org/xz/",
        rb"VERSION\0",
    ),
    Linked(
        "Zstandard",
        "1.5.7",
        "BSD-3-Clause OR GPL-2.0-only",
        "zstd",
        "https://facebook.github.io/zstd/",
        rb"VERSION\0",
    ),
    Linked(
        "Unicode Character Database",
        "16.0.0",
        "Unicode-3.0",
        "unicode-3.0",
        "https://www.unicode.org/ucd/",
        rb"VERSION\0",
    ),
    Linked(
        "error-stack-parser and stackframe",
        UNKNOWN,
        "MIT",
        "stackframe",
        "https://www.stacktracejs.com",
        rb"\(eval@\)\?\(\\\[native code",
    ),
    Linked(
        "FreeType",
        "2.13.3",
        "FTL OR GPL-2.0-or-later",
        "freetype",
        "https://freetype.org",
        # FT_New_Library as compiled: 3 goes to version_patch, and one store of 64 bits,
        # 13 << 32 | 2, to version_major and version_minor.
        rb"\x41\x03\x36\x02\x0c\x20.\x42\x82\x80\x80\x80\xd0\x01\x37\x02\x04",
    ),
    Linked(
        "Qhull",
        "2020.2",
        "Qhull",
        "qhull",
        "http://www.qhull.org",
        rb"qhull_r [\d.]+ \(VERSION\.r ",
    ),
    Linked(
        "Agg (Anti-Grain Geometry)",
        "2.4",
        "BSD-3-Clause OR LicenseRef-AGG",
        "agg",
        "https://github.com/matplotlib/matplotlib/tree/v3.10.8/extern/agg24-svn",
        rb"N3agg",
    ),
    Linked(
        "pybind11",
        "3.0.4",
        "BSD-3-Clause",
        "pybind11",
        "https://pypi.org/project/pybind11/",
        rb"__pybind11_internals_v11_",
    ),
    Linked(
        "libjpeg (Independent JPEG Group)",
        "9f",
        "IJG",
        "libjpeg",
        "https://ijg.org",
        rb"VERSION  14-Jan-2024\0",
    ),
    Linked(
        "LibTIFF",
        "4.4.0",
        "libtiff",
        "libtiff",
        "https://libtiff.gitlab.io/libtiff/",
        rb"LIBTIFF, Version VERSION\n",
    ),
    Linked(
        "libwebp",
        "1.2.2",
        "BSD-3-Clause",
        "libwebp",
        "https://chromium.googlesource.com/webm/libwebp",
        rb"Invalid WebPConfig",
    ),
    Linked(
        "AssocVector of the Loki library",
        UNKNOWN,
        "LicenseRef-Loki",
        "loki",
        "https://github.com/nucleic/kiwi",
        rb"N4Loki11AssocVector",
    ),
    Linked(
        "cppy",
        UNKNOWN,
        "BSD-3-Clause",
        "cppy",
        "https://pypi.org/project/cppy/",
        rb"N4cppy",
    ),
)


def components(
    binaries: Mapping[tuple[str, str], bytes], libraries: Sequence[Linked] = LIBRARIES
) -> Iterator[Component]:
    """The libraries, each with the files that hold it.

    Args:
        binaries: (package, file) -> bytes.
        libraries: what to look for.

    Raises:
        BuildError: No file holds a library's marker.
    """
    for library in libraries:
        version = re.escape(library.version).encode()
        marker = re.compile(library.marker.replace(b"VERSION", version), re.DOTALL)
        found = [place for place, content in binaries.items() if marker.search(content)]
        if not found:
            raise BuildError(
                f"no file of the browser's Python holds {library.name} {library.version}: "
                "correct its version or its marker in site_hooks/assets/linked.py, or take it out"
            )
        yield Component(
            library.name,
            library.version,
            library.licence,
            (text(library.text),),
            library.source,
            files=tuple(file for _, file in found),
            within=tuple(dict.fromkeys(package for package, _ in found)),
        )


def binaries(wheels: Iterable[tuple[files.Wheel, Path]]) -> dict[tuple[str, str], bytes]:
    """(package, file) -> bytes, of Pyodide's own files and of every extension module."""
    found = {
        (CORE, name): (PYODIDE / name).read_bytes()
        for name in files.CORE_FILES
        if not name.endswith(".zip")
    }
    for wheel, path in wheels:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.endswith(".so"):
                    found[wheel.name, name.partition(".")[0]] = archive.read(name)
    return found


def text(name: str) -> str:
    """A licence's words."""
    return (LICENCES / f"{name}.txt").read_text(encoding="utf-8")
