"""How fast Kith is, measured: `make bench`, `kith bench ROW…`, or `python -m benchmarks.bench`.

`bench` plays the rows of `rows/` on a generated `world`; `contest` has the words for it. `sweep` is a bench
of its own, for sweeps alone.
"""
