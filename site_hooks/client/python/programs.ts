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

/** What lessons do beyond a first plot. */
export const DRAW_MORE = `
import numpy.random, numpy.typing
figure, axes = matplotlib.pyplot.subplots(1, 2, layout="constrained")
grid = numpy.random.default_rng(0).normal(size=(9, 9)) @ numpy.eye(9)
axes[0].contourf(grid)
axes[0].contour(grid, levels=[0.5])
axes[0].scatter([1, 3, 2], [1, 2, 3], c=[1, 3, 2])
figure.colorbar(axes[1].imshow(grid, cmap="viridis"), ax=axes[1])
axes[1].plot([1, 10, 100], marker="o", label="one")
axes[1].grid(visible=True)
axes[1].legend()
axes[1].set_title("title")
figure.canvas.draw()
matplotlib.pyplot.close(figure)
del figure, axes, grid
`;

/** The last that is done before a memory is taken: open files do not outlive the engine. */
export const TIDY = `
matplotlib.font_manager._get_font.cache_clear()
gc.unfreeze()
gc.collect()
gc.freeze()
`;

/** A memory holds what was random or of its hour when it was taken. */
export const RESEED = "packs.reseed()";
