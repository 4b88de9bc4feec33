"""What several test modules need."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# No test depends on how busy the machine is.
settings.register_profile("local", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# The same examples in every run of continuous integration: what is red there can be repeated.
settings.register_profile("ci", settings.get_profile("local"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")

CHECKOUT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The top folder of the checkout."""
    return CHECKOUT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder `shared` beside the checkout: real reports and the truth about them."""
    folder = CHECKOUT.parent / "shared"
    if not (folder / "seeds").is_dir():
        reason = f"needs the folder {folder} with real reports"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


@pytest.fixture
def seed(shared: Path, request: pytest.FixtureRequest) -> Path:
    """The real report whose number is the parameter."""
    (found,) = (shared / "seeds").glob(f"{request.param}_*.txt")
    return found
