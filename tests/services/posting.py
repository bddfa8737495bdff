"""Run as a program: posts a form, and tells which threads called which port.

python -m tests.services.posting FORM CHOICE PORT
"""

import json
import re
import sys
import threading
import time

import django
from django.test import Client

HUMAN_SECONDS = 3.1


def main(form: str, choice: str, port: int) -> None:
    callers: set[str] = set()

    def listen(event: str, details: tuple[object, ...]) -> None:
        if event == "socket.connect" and details[1] == ("127.0.0.1", port):
            callers.add(threading.current_thread().name)

    sys.addaudithook(listen)
    django.setup()
    visitor = Client(SERVER_NAME="localhost")
    page = visitor.get(f"/forms/{form}/").content.decode()
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)
    time.sleep(HUMAN_SECONDS)
    answers = {
        "ticket": ticket.group(1) if ticket else "",
        "EMAIL": "alice@example.org",
        f"choice_{choice}": "on",
    }
    began = time.monotonic()
    status = visitor.post(f"/forms/{form}/", answers).status_code
    seconds = time.monotonic() - began
    time.sleep(1)
    sys.stdout.write(json.dumps({"status": status, "seconds": seconds, "callers": sorted(callers)}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
