"""Pages: cells and what they put out, formulas, notebooks, and the lines around them."""
