"""PostgreSQL refuses to run as root: then a system account without login runs it."""

import os
import pwd
import shutil
import subprocess
from typing import Any

from config.embedded.processes import ServerMissingError

SERVICE_ACCOUNT = "jawoord-pg"


def application_account() -> pwd.struct_passwd:
    return pwd.getpwuid(os.geteuid())


def server_account() -> pwd.struct_passwd:
    if os.geteuid() != 0:
        return application_account()
    try:
        return pwd.getpwnam(SERVICE_ACCOUNT)
    except KeyError:
        make_service_account()
        return pwd.getpwnam(SERVICE_ACCOUNT)


def make_service_account() -> None:
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin")
    if useradd is None:
        raise ServerMissingError(
            "PostgreSQL cannot run as root and no account can be made for it: "
            "start as an ordinary user, or set DATABASE_URL."
        )
    shell = shutil.which("false") or "/bin/false"
    subprocess.run(
        [useradd, "--system", "--user-group", "--no-create-home", "--shell", shell, SERVICE_ACCOUNT],
        check=True,
        capture_output=True,
    )


def privileges_to_drop(*, account: pwd.struct_passwd) -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
