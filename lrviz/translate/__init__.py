"""A curve or an intent in the terms of any dialect."""
