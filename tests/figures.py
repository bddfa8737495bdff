"""Figures that a test measures: said as they come, and once more in one table at the end of the run."""

from collections.abc import Callable

import pytest

PREFIX = "figure: "
Note = Callable[..., None]


@pytest.fixture
def note(record_property: Callable[[str, object], None]) -> Note:
    def keep(**figures: object) -> None:
        for name, value in figures.items():
            shown = f"{value:.2f}" if isinstance(value, float) else str(value)
            record_property(f"{PREFIX}{name.replace('_', ' ')}", shown)

    return keep


def figures_of(report: pytest.TestReport) -> list[tuple[str, str]]:
    kept = report.user_properties if report.when == "call" else []
    return [(name.removeprefix(PREFIX), str(value)) for name, value in kept if name.startswith(PREFIX)]


class AsTheyCome:
    """A run that is broken off has still told what it saw."""

    def __init__(self, terminal: pytest.TerminalReporter) -> None:
        self.terminal = terminal

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for name, value in figures_of(report):
            self.terminal.ensure_newline()
            self.terminal.write_line(f"    {name}: {value}")


def pytest_sessionstart(session: pytest.Session) -> None:
    if terminal := session.config.pluginmanager.get_plugin("terminalreporter"):
        session.config.pluginmanager.register(AsTheyCome(terminal))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    rows = [
        (report.nodeid.rpartition("::")[2], name, value)
        for outcome in ("passed", "failed")
        for report in terminalreporter.getreports(outcome)
        for name, value in figures_of(report)
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
