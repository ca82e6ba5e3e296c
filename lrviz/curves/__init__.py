"""Curves: a schedule with the rate, clock and length to draw it with; their samples and facts."""
