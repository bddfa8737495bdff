import pytest


@pytest.fixture(autouse=True)
def counts_start_anew() -> None:
    """The rules are pure: no broker is asked, so the mutants of `make mutants` run without one."""
