"""A time-stamping authority of our own, as one would answer over the network: openssl behind HTTP."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from consent.domain.seal.stamping import Authority

CONFIG = """
[ req ]
distinguished_name = name
prompt = no
[ name ]
CN = Tijdstempels
[ root ]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[ stamping ]
extendedKeyUsage = critical, timeStamping
[ tsa ]
default_tsa = ours
[ ours ]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
"""


def make_certificates(*, folder: Path) -> None:
    """A root of its own and, signed by it, who stamps."""
    (folder / "tsa.cnf").write_text(CONFIG)
    (folder / "serial").write_text("01")
    root = "-x509 -newkey ed25519 -nodes -days 2 -keyout root.key -out root.pem -subj /CN=Root"
    openssl(folder, f"req -config tsa.cnf -extensions root {root}")
    openssl(folder, "req -config tsa.cnf -newkey rsa:2048 -nodes -keyout tsa.key -out tsa.csr")
    signed = "-CA root.pem -CAkey root.key -CAcreateserial -extfile tsa.cnf -extensions stamping"
    openssl(folder, f"x509 -req -in tsa.csr -out tsa.pem -days 2 {signed}")


@contextmanager
def stamping_authority(*, folder: Path) -> Iterator[Authority]:
    make_certificates(folder=folder)

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            (folder / "query").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            by = "-config tsa.cnf -inkey tsa.key -signer tsa.pem"
            openssl(folder, f"ts -reply -queryfile query -out reply {by}")
            reply = (folder / "reply").read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_said: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            url = f"http://127.0.0.1:{server.server_port}/"
            yield Authority(url=url, certificates=str(folder / "root.pem"))
        finally:
            server.shutdown()
            thread.join()


def openssl(folder: Path, command: str) -> None:
    words = ["openssl", *command.split()]
    subprocess.run(words, cwd=folder, check=True, capture_output=True)
