"""Losses, optimizers and schedules in NumPy, with PyTorch's names; import from the submodules."""
