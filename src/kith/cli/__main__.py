"""`python -m kith.cli` is `kith`, for those who have Python but no PATH."""

from __future__ import annotations

from kith.cli import main

if __name__ == "__main__":
    main(prog_name="kith")
