"""Measurements and soaks, run by hand: `python -m benchmarks.NAME`."""
