"""Advice: which schedule for which task, and the ranges that its numbers are usually in."""
