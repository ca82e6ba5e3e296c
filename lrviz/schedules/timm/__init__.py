"""timm's dialect: timm.scheduler as 1.0.31 runs it, a module per family."""

from lrviz.schedules.timm import cycles  # isort: split

from lrviz.schedules.timm import decays  # isort: split

from lrviz.schedules.timm import stable  # isort: split

from lrviz.schedules.timm import plateau

__all__ = ["cycles", "decays", "plateau", "stable"]
