"""Write the rules out in DuckDB's SQL, to src/kith/quality/duckdb.sql.

    python -m scripts.write_rules

A test compares the file with the rules, so a change of a rule is seen in its diff.
"""

from __future__ import annotations

import os

import django

HEAD = """\
-- The rules in DuckDB's SQL, which sweeps carry out: written by scripts/write_rules.py out of quality/rules.

"""


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kith.config.settings")
    django.setup()
    from kith.quality.engine import WRITTEN, as_text  # noqa: PLC0415 (after the settings)
    from kith.quality.writing import for_duckdb  # noqa: PLC0415

    WRITTEN.write_text(HEAD + as_text(for_duckdb()), encoding="utf-8")
    print(f"Written to {WRITTEN}")


if __name__ == "__main__":
    main()
