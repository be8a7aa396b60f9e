"""What other systems needed when they were measured; they are not part of a run."""

TITLE = "Other systems, measured earlier"
WORDS = (
    "Not measured in this run: figures of 22 November 2026, from a machine with 2 cores, Chromium "
    "156, localhost, a fresh profile on disk per repeat, medians. Times of different days cannot "
    "be compared; compare the multiples of stock Pyodide (314.0.3), measured in the same hour."
)
TABLE = """
| | first visit, s | × stock | second visit, s | × stock | first visit at 20 Mbit/s, s | MB, gzip |
|---|---:|---:|---:|---:|---:|---:|
| stock Pyodide, module worker | 6.5 | 1 | 5.5 | 1 | 13.1 | 19.3 |
| JupyterLite 0.8.6 | 11.5 | 1.77 | 11.3 | 2.06 | 20.8 | 24.8 |
| PyScript 0.7.31 | 7.1 | 1.08 | 5.2 | 0.96 | 14.0 | 19.6 |
| markdown-exec 1.12.6, main thread | 6.9 | 1.09 | 5.6 | 1.05 | 14.0 | 19.6 |
| marimo 0.25.2 | 11.8 | 1.81 | 10.4 | 1.92 | 21.9 | 28.5 |
| Pyodide-MkDocs-Theme 5.7.0, patched to run | 7.8 | 1.24 | 6.4 | 1.22 | 15.2 | 20.6 |
"""


def markdown() -> str:
    """Return the table."""
    return f"{WORDS}\n{TABLE}"
