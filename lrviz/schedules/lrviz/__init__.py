"""lrviz's own dialect: what the field uses and no library has under one name, by family."""

from lrviz.schedules.lrviz import plateaus  # isort: split

from lrviz.schedules.lrviz import decays  # isort: split

from lrviz.schedules.lrviz import laws  # isort: split

from lrviz.schedules.lrviz import ramps  # isort: split

from lrviz.schedules.lrviz import phases

__all__ = ["decays", "laws", "phases", "plateaus", "ramps"]
