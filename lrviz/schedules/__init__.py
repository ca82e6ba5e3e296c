"""The dialects: a module each, imported when one of its names is first asked for."""
