"""The picture: curves on labelled axes; the only modules that import matplotlib."""

import os
import sys
from contextlib import suppress

if "matplotlib" not in sys.modules:
    # Drawing needs none of matplotlib's interactive backends, and its import fails where the one
    # that the environment names does not exist. Where it does, pyplot shall still use it.
    backend = os.environ.pop("MPLBACKEND", None)
    import matplotlib

    if backend is not None:
        os.environ["MPLBACKEND"] = backend
        with suppress(ValueError):
            matplotlib.rcParams["backend"] = backend

from lrviz.render.figure.draw import Picture, draw
from lrviz.render.figure.image import encode, findings_in

__all__ = ["Picture", "draw", "encode", "findings_in"]
