"""Tests of curves and tables."""
