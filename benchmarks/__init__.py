"""What it takes to do the large things, measured: `python -m benchmarks.sweep`."""
