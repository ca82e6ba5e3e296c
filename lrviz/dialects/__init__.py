"""The dialects, a folder each: the schedules of a library under its own names.

A folder's package holds a `DIALECT`; its modules declare the schedules. A folder may also hold
`code` (how its code is written), `idioms` (how its users write an intent) and `equivalents` (which
lists of segments one of its schedules gives).
"""
