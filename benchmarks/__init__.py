"""Benchmarks: each prints a table and ratios, `python -m benchmarks.NAME`."""
