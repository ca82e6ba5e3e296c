"""A way out: a curve as code of a framework that gives the same rates."""

from lrviz.codegen.frameworks import TARGETS, write_code

__all__ = ["TARGETS", "write_code"]
