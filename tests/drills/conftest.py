from collections.abc import Callable, Iterator

import pytest
from django.db import connections

from tests.services.mail import HeldMailServer, held_mail_server

FIGURE = "figure: "
Note = Callable[..., None]


@pytest.fixture
def note(record_property: Callable[[str, object], None]) -> Note:
    """Keeps figures of a drill for the table at the end of the run."""

    def keep(**figures: object) -> None:
        for name, value in figures.items():
            shown = f"{value:.2f}" if isinstance(value, float) else value
            record_property(f"{FIGURE}{name.replace('_', ' ')}", shown)

    return keep


@pytest.fixture
def mail_server(transactional_db: None) -> Iterator[HeldMailServer]:
    """Comes after the database, so that its last conversations end before the tables are emptied."""
    with held_mail_server() as server:
        yield server
    connections.close_all()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    rows = [
        (report.nodeid.rpartition("::")[2], name.removeprefix(FIGURE), value)
        for outcome in ("passed", "failed")
        for report in terminalreporter.getreports(outcome)
        for name, value in report.user_properties
        if report.when == "call" and name.startswith(FIGURE)
    ]
    if not rows:
        return
    terminalreporter.section("figures of the drills")
    drill_width, name_width = (max(len(row[column]) for row in rows) for column in (0, 1))
    previous = ""
    for drill, name, value in rows:
        shown = "" if drill == previous else drill
        terminalreporter.write_line(f"{shown:<{drill_width}}  {name:<{name_width}}  {value:>10}")
        previous = drill
