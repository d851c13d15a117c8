from collections.abc import Iterator

import pytest

from kith.core.compiled import forget


@pytest.fixture(autouse=True)
def _nothing_compiled_before() -> Iterator[None]:
    """Rules are broken on purpose here: what was compiled by another rule must not answer."""
    forget()
    yield
    forget()
