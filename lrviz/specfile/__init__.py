"""A way in: names, inline specs and files become curves."""
