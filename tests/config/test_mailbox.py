import os
import smtplib
import subprocess
import sys
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from config.embedded.processes import wait_until
from config.mail import LOOPBACK, mailbox_port
from config.mailbox import Mailbox


def mail(*, subject: str) -> EmailMessage:
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"], message["Subject"] = "jawoord@example.org", "anna@example.org", subject
    message.set_content("Dag Anna, é en €.")
    return message


def test_each_mail_is_kept_whole(tmp_path: Path) -> None:
    port = mailbox_port(state=tmp_path)
    environment = os.environ | {"JAWOORD_STATE_DIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-m", "config.mailbox"], env=environment) as mailbox:
        assert wait_until(holds=lambda: answers(port=port), seconds=30)
        with smtplib.SMTP(LOOPBACK, port, timeout=5) as server:
            server.send_message(mail(subject="Eerste"))
            server.send_message(mail(subject="Tweede"))
        mailbox.terminate()

    folder = tmp_path / "mailbox"
    kept = [
        message_from_bytes(path.read_bytes(), policy=policy.SMTP) for path in sorted(folder.glob("*.eml"))
    ]
    assert mailbox.returncode == 0
    assert [message["Subject"] for message in kept] == ["Eerste", "Tweede"]
    assert [message.get_content() for message in kept] == ["Dag Anna, é en €.\r\n"] * 2
    assert sorted(path.suffix for path in folder.iterdir()) == [".eml", ".eml"]


def answers(*, port: int) -> bool:
    try:
        with smtplib.SMTP(LOOPBACK, port, timeout=1):
            return True
    except OSError:
        return False


def test_the_mailbox_is_private(tmp_path: Path) -> None:
    Mailbox(folder=tmp_path / "mailbox").keep(mail=b"Subject: x\r\n\r\nx")

    assert (tmp_path / "mailbox").stat().st_mode & 0o777 == 0o700
