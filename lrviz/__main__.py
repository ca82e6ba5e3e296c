"""`python -m lrviz` is the same program as `lrviz`."""

import sys

from lrviz.cli import program

sys.exit(program())
