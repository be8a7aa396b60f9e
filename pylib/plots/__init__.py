"""Data in, matplotlib Axes out: the lesson's pictures, each finished by one call.

Every function takes an optional `ax`, draws title, axis labels and a legend, and returns the Axes;
`animate_path` returns matplotlib's animation.
Lines differ in color and in dashes or markers; the colors stand out on light and dark paper.
"""

from pylib.plots.conditioning import plot_eigen_components, plot_stability
from pylib.plots.losses import plot_loss
from pylib.plots.predictions import plot_boundary, plot_confusion, plot_fit, plot_images
from pylib.plots.surfaces import animate_path, plot_path, plot_surface
from pylib.plots.training import (
    plot_history,
    plot_range_test,
    plot_schedules,
    plot_updates,
)

__all__ = [
    "animate_path",
    "plot_boundary",
    "plot_confusion",
    "plot_eigen_components",
    "plot_fit",
    "plot_history",
    "plot_images",
    "plot_loss",
    "plot_path",
    "plot_range_test",
    "plot_schedules",
    "plot_stability",
    "plot_surface",
    "plot_updates",
]
