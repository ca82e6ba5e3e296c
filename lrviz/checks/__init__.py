"""Checks before the run: rules that find schedules which are silently not the intended ones."""
