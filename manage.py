#!/usr/bin/env python
import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db.utils import OperationalError

from config.embedded.attach import private_database


def is_connection_failure(fault: OperationalError) -> bool:
    return getattr(fault.__cause__, "sqlstate", None) is None


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        with private_database(arguments=sys.argv):
            execute_from_command_line(sys.argv)
    except ImproperlyConfigured as fault:
        sys.stderr.write(f"{fault}\n")
        return 2
    except OperationalError as fault:
        if not is_connection_failure(fault):
            raise
        sys.stderr.write(f"The database does not answer: {str(fault).splitlines()[0]}\n")
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
