"""The Python API: specs to curves, curves to numbers, pictures and code.

Each command of the command line is one of these calls. A module holds the calls of one kind, and is
imported when one of them is first used.
"""
