// Prints what the libraries linked into the browser's Python say of themselves, as JSON.
// Arguments: Pyodide's folder, then the wheels.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [core, ...wheels] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${core}/pyodide.mjs`).href);
const python = await loadPyodide({ indexURL: core });
for (const wheel of wheels) {
  python.unpackArchive(new Uint8Array(readFileSync(wheel)), "wheel");
}
console.log(
  python.runPython(`
import ctypes, json, pyexpat, sqlite3, sys, unicodedata, zlib
from compression import zstd
import _decimal
from PIL import features
from contourpy.util import _build_config
from matplotlib import ft2font

def own(name):
    function = getattr(ctypes.CDLL(None), name)
    function.argtypes, function.restype = [], ctypes.c_char_p
    return function().decode()

json.dumps({
    "CPython, with its standard library, in Pyodide's build": sys.version.split()[0],
    "Emscripten": ".".join(map(str, sys._emscripten_info.emscripten_version)),
    "Expat": pyexpat.EXPAT_VERSION.removeprefix("expat_"),
    "mpdecimal": _decimal.__libmpdec_version__,
    "SQLite": sqlite3.sqlite_version,
    "zlib": zlib.ZLIB_RUNTIME_VERSION,
    "bzip2": own("BZ2_bzlibVersion").split(",")[0],
    "XZ Utils (liblzma)": own("lzma_version_string"),
    "Zstandard": zstd.zstd_version,
    "Unicode Character Database": unicodedata.unidata_version,
    "FreeType": ft2font.__freetype_version__,
    "FreeType of Pillow": features.version("freetype2"),
    "LibTIFF": features.version("libtiff"),
    "libwebp": features.version("webp"),
    "pybind11": _build_config.build_config()["pybind11_version"],
    "not in Pillow": [
        name for name in features.get_supported_features() + ["raqm", "fribidi", "harfbuzz"]
        if not features.check(name)
    ],
})
`),
);
