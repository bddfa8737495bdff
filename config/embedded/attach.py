"""Any command works on its own: it joins the private database, or starts it for its own duration."""

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from django.core.exceptions import ImproperlyConfigured

from config.embedded.processes import ServerFailedError, ServerMissingError
from config.environment import in_production, state_dir, text

# They need none, or (run) see to it themselves.
WITHOUT_DATABASE = {
    "check",
    "collectstatic",
    "compilemessages",
    "help",
    "makemessages",
    "run",
    "test",
    "version",
}


@contextmanager
def private_database(*, arguments: Sequence[str], settings: Sequence[str] = ()) -> Iterator[None]:
    command = arguments[1] if len(arguments) > 1 else "help"
    if is_unneeded(command=command) or {"--help", "-h", "--version"} & set(arguments):
        yield
        return
    # Not before it is needed: with an outside database the embedded packages may be absent.
    from config.embedded.postgres import PrivatePostgres  # noqa: PLC0415

    signal.signal(signal.SIGTERM, leave)
    server = PrivatePostgres(state=state_dir())
    server.settings += settings
    try:
        server.start()
    except (ServerFailedError, ServerMissingError) as fault:
        raise ImproperlyConfigured(str(fault)) from fault
    try:
        yield
    finally:
        server.stop()


def is_unneeded(*, command: str) -> bool:
    return command in WITHOUT_DATABASE or bool(text(name="DATABASE_URL")) or in_production()


def leave(_number: int, _frame: FrameType | None) -> None:
    """A polite end by SIGTERM, so that what was started is stopped."""
    raise SystemExit(128 + int(signal.SIGTERM))
