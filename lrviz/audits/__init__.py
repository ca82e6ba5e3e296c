"""Logs of training runs against the plan: reading them, comparing, and what explains them."""
