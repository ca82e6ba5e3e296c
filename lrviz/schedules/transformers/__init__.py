"""The dialect of transformers: transformers.get_scheduler as 5.23.0 runs it."""

from lrviz.schedules.transformers import warmed  # isort: split

from lrviz.schedules.transformers import cosines  # isort: split

from lrviz.schedules.transformers import stable  # isort: split

from lrviz.schedules.transformers import driven

__all__ = ["cosines", "driven", "stable", "warmed"]
