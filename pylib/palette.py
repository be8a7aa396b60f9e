"""The colors of plots and of the pages they stand on; importing it imports nothing else."""

from typing import Literal, TypeAlias

Theme: TypeAlias = Literal["light", "dark"]

PAPER = {"light": "#ffffff", "dark": "#14171f"}
INK = {"light": "#1f2430", "dark": "#e6e8ee"}
GRID = {"light": "#d9dce3", "dark": "#343a48"}

# At least 3.1:1 against both papers, and at least 23 apart (CIE Lab, by Machado 2009) for
# normal, protanope, deuteranope and tritanope eyes.
BLUE, ORANGE, GREEN = "#1070fb", "#ce7e02", "#22a26c"
PURPLE, RED, GREY = "#b618a9", "#d71137", "#8d90a3"
CYCLE = (BLUE, ORANGE, GREEN, PURPLE, RED, GREY)

# The gid of artists that lie beside an image and not on it, such as captions.
ON_PAPER = "on paper"
