"""Two pages that draw the same plots: cells of ours, and stock Pyodide that tells its steps."""

import json

from bench.start import CELL, HERE, PLOT, files

PLOTS = 10
# Prints how long Python's memory is, in bytes.
MEMORY = "import pyodide_js\npyodide_js._module.HEAPU8.length"
TINY = "print('there')"
SOURCES = {f"plot{i}": PLOT for i in range(PLOTS)} | {"memory": MEMORY, "tiny": TINY}
OURS = """<!doctype html><meta charset=utf-8><title>Ours</title>
<link rel=stylesheet href=assets/client/cell.css>
<script type=module src=assets/client/index.js></script>
""" + "\n".join(CELL.format(name, source) for name, source in SOURCES.items())
STOCK = f"""<!doctype html><meta charset=utf-8><title>Stock</title>
<button id=run>Run</button><p id=out></p><script type=module>
let worker;
run.onclick = () => {{
  worker ??= new Worker("stock_told.mjs", {{type: "module"}});
  worker.onmessage = ({{data}}) => {{
    if (!data.png) return;
    window.memory = data.memory;
    const image = new Image();
    image.src = "data:image/png;base64," + data.png;
    out.append(image);
  }};
  worker.postMessage({json.dumps(PLOT)});
}};
</script>"""


def pair() -> dict[str, bytes]:
    """Both pages and all they load."""
    return files() | {
        "index.html": OURS.encode(),
        "stock.html": STOCK.encode(),
        "stock_told.mjs": (HERE / "stock_told.mjs").read_bytes(),
    }
