"""PyTorch's dialect: torch.optim.lr_scheduler as torch 2.13.0 runs it, a module per family."""

from lrviz.schedules.torch import decays  # isort: split

from lrviz.schedules.torch import ramps  # isort: split

from lrviz.schedules.torch import cycles  # isort: split

from lrviz.schedules.torch import driven  # isort: split

from lrviz.schedules.torch import composed

__all__ = ["composed", "cycles", "decays", "driven", "ramps"]
