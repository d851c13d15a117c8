"""Write what the API says of itself to docs/reference/openapi.json.

    python scripts/describe_api.py

A test compares the file with the running API, so a change of the API is seen in its diff.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DESCRIPTION = ROOT / "docs" / "reference" / "openapi.json"


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kith.config.settings")
    import django

    django.setup()
    from kith.api.server import api

    DESCRIPTION.write_text(write_description(api.get_openapi_schema()), encoding="utf-8")
    print(f"Written to {DESCRIPTION.relative_to(ROOT)}")
    return 0


def write_description(described: object) -> str:
    return json.dumps(described, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    sys.exit(main())
