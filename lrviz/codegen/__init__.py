"""Curves as code: from segments to functions, and what a framework's code writer offers."""
