import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from django.conf import settings

FILE: Final = "file:"


class SmsNotSentError(OSError):
    """The gateway did not take the message, or there is none; a later try may succeed."""


class SmsGatewayUnknownError(ValueError):
    """SMS_GATEWAY is neither empty, nor "console", nor "file:" and a folder."""


class SmsGateway(Protocol):
    """What sends text messages; a provider's gateway has this one method."""

    def send(self, *, number: str, text: str) -> None:
        """Hand over one message to a number in E.164; raises SmsNotSentError."""


@dataclass(frozen=True, kw_only=True)
class ConsoleGateway:
    """Writes messages to the output of the process: for trying it out."""

    def send(self, *, number: str, text: str) -> None:
        sys.stdout.write(f"SMS to {number}: {text}\n")
        sys.stdout.flush()


@dataclass(frozen=True, kw_only=True)
class FileGateway:
    """Writes each message as a file of its own in a folder: for the sample's mailbox and for tests."""

    folder: Path

    def send(self, *, number: str, text: str) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            place = self.folder / f"{uuid.uuid4()}.txt"
            unfinished = place.with_suffix(".part")
            unfinished.write_text(f"To: {number}\n\n{text}\n", encoding="utf-8")
            unfinished.rename(place)
        except OSError as error:
            raise SmsNotSentError(type(error).__name__) from error


@dataclass(frozen=True, kw_only=True)
class NoGateway:
    """Stands where no gateway is set: every message waits for one."""

    def send(self, *, number: str, text: str) -> None:
        raise SmsNotSentError(f"no gateway for a message of {len(text)} characters to …{number[-3:]}")


def choose_gateway(*, setting: str) -> SmsGateway:
    """Make the gateway that a setting names; raises SmsGatewayUnknownError."""
    if not setting:
        return NoGateway()
    if setting == "console":
        return ConsoleGateway()
    if setting.startswith(FILE) and setting != FILE:
        return FileGateway(folder=Path(setting.removeprefix(FILE)))
    raise SmsGatewayUnknownError(setting)


def gateway() -> SmsGateway:
    """Make the gateway of this installation (SMS_GATEWAY)."""
    return choose_gateway(setting=settings.SMS_GATEWAY)
