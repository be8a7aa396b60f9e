// Programs of Python's own start, run in this order: the memory that comes with the site is taken after them.

export const INSTALL = `
import importer as packs
importer = packs.install("/lib/python3.14")
import gc
`;
export const IMPORT_NUMPY = `
gc.disable()
import numpy
gc.enable()
`;
export const IMPORT_MATPLOTLIB = `
gc.disable()
import matplotlib.pyplot, matplotlib.backends.backend_agg
gc.enable()
gc.freeze()
`;

/** What a first plot does: where it was done once, most of its time is saved. */
export const DRAW = `
figure, axes = matplotlib.pyplot.subplots()
axes.plot([1, 3, 2], label="one")
axes.set(title="title", xlabel="x", ylabel="y")
axes.legend()
figure.canvas.draw()
matplotlib.pyplot.close(figure)
del figure, axes
`;

/** A memory holds what was random or of its hour when it was taken. */
export const RESEED = "packs.reseed()";
