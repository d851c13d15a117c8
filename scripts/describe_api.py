"""Write what the API says of itself to docs/reference/openapi.json.

    python scripts/describe_api.py

A test compares the file with the running API, so a change of the API is seen in its diff.
"""

from __future__ import annotations

import os
from pathlib import Path

import django

DESCRIPTION = Path(__file__).resolve().parents[1] / "docs" / "reference" / "openapi.json"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kith.config.settings")
    django.setup()
    from kith.api.openapi import write_description  # noqa: PLC0415 (after the settings)
    from kith.api.server import api  # noqa: PLC0415

    DESCRIPTION.write_text(write_description(api.get_openapi_schema()), encoding="utf-8")
    print(f"Written to {DESCRIPTION}")


if __name__ == "__main__":
    main()
