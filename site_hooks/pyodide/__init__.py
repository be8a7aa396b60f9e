"""The browser's Python: its files, packs of bytecode, and the memory that starts it."""
