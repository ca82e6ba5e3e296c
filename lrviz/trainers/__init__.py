"""Training configs of other programs, read as runs and schedules.

A format is one module of `lrviz.trainers.formats`: how to recognise its files and what their keys
mean. Nothing in a file is run.
"""
