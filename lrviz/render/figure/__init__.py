"""The picture: curves on labelled axes; the only modules that import matplotlib."""

from lrviz.render.figure.draw import Picture, draw
from lrviz.render.figure.image import encode

__all__ = ["Picture", "draw", "encode"]
