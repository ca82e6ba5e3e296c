"""The formats: each module holds a `FORMAT`, and is imported when a file is no spec of lrviz."""
