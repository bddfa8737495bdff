import copy
import logging
import time
import traceback
from collections.abc import Mapping
from types import TracebackType

Fault = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
Args = tuple[object, ...] | Mapping[str, object] | None


class UtcFormatter(logging.Formatter):
    """One line per event, its moment in UTC; it tells what went wrong, never about whom.

    The words of an error are left out: a database repeats in them the value that it refused. So is the
    address of a page: the token of a link can stand in it.
    """

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        quiet = copy.copy(record)
        quiet.args, quiet.exc_text = quiet_args(record), None
        return super().format(quiet)

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 (logging's name)
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created))

    def formatException(self, ei: Fault) -> str:  # noqa: N802 (logging's name)
        return "\n".join(way_to(error) for error in causes_of(ei[1]))


def quiet_args(record: logging.LogRecord) -> Args:
    request, args = getattr(record, "request", None), record.args
    if isinstance(args, dict) and "exc" in args:  # a task that failed, as Celery tells it
        return {**args, "exc": "see below"}
    if request is not None and isinstance(args, tuple):
        path = getattr(request, "path", None)
        return tuple(route_of(request) if arg == path else arg for arg in args)
    return args


def route_of(request: object) -> str:
    """The pattern of the address, in which a token is only named."""
    match = getattr(request, "resolver_match", None)
    return f"/{match.route}" if match else "an unknown address"


def causes_of(error: BaseException | None) -> list[BaseException]:
    """An error and what led to it, the first cause first."""
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.insert(0, error)
        error = error.__cause__ or error.__context__
    return chain


def way_to(error: BaseException) -> str:
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    return "".join(traceback.format_tb(error.__traceback__)) + kind
