"""Limits and tags of plain data, shared by the readers of YAML, JSON and TOML."""

MAX_DEPTH = 100
MAX_VALUES = 100_000
TOO_DEEP = f"is nested too deep (at most {MAX_DEPTH} levels)"
STANDARD = "tag:yaml.org,2002:"
PLAIN_TAGS = {STANDARD + kind for kind in ("str", "int", "float", "bool", "null", "seq", "map")}
