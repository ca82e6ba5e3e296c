"""`python -m lrviz` is the same program as `lrviz`."""

from lrviz.cli import program

program()
