from pathlib import Path

import pytest
from pytest_django import Settings

from consent.domain import sms
from consent.domain.sms import ConsoleGateway, FileGateway, NoGateway, SmsGateway

ALICE = "+31200000101"


def test_console_gateway_writes_to_the_output(capsys: pytest.CaptureFixture[str]) -> None:
    ConsoleGateway().send(number=ALICE, text="123456 is uw code.")

    assert capsys.readouterr().out == "SMS to +31200000101: 123456 is uw code.\n"


def test_file_gateway_writes_a_file_for_each_message(tmp_path: Path) -> None:
    gateway = FileGateway(folder=tmp_path / "sms")

    for text in ("één", "twee"):
        gateway.send(number=ALICE, text=text)

    written = {place.read_text(encoding="utf-8") for place in (tmp_path / "sms").iterdir()}
    assert written == {"To: +31200000101\n\néén\n", "To: +31200000101\n\ntwee\n"}


def test_folder_that_cannot_be_written_is_a_failure_to_try_again(tmp_path: Path) -> None:
    occupied = tmp_path / "sms"
    occupied.write_text("no folder")

    with pytest.raises(sms.SmsNotSentError):
        FileGateway(folder=occupied).send(number=ALICE, text="123456")


def test_without_gateway_a_message_is_not_sent_and_the_number_not_told() -> None:
    with pytest.raises(sms.SmsNotSentError) as caught:
        NoGateway().send(number=ALICE, text="123456")

    assert str(caught.value) == "no gateway for a message of 6 characters to …101"


@pytest.mark.parametrize(
    ("setting", "chosen"),
    [
        ("", NoGateway()),
        ("console", ConsoleGateway()),
        ("file:/var/spool/sms", FileGateway(folder=Path("/var/spool/sms"))),
    ],
)
def test_setting_names_the_gateway(settings: Settings, setting: str, chosen: SmsGateway) -> None:
    settings.SMS_GATEWAY = setting

    assert sms.gateway() == chosen


@pytest.mark.parametrize("setting", ["file:", "consol", "https://sms.example.org"])
def test_unknown_setting_is_said_so(setting: str) -> None:
    with pytest.raises(sms.SmsGatewayUnknownError):
        sms.choose_gateway(setting=setting)
