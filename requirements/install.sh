#!/bin/sh
# Makes .venv and installs one locked list into it: sh requirements/install.sh embedded|dev
# Nothing happens when that list is installed already.
set -eu
cd "$(dirname "$0")/.."
list=$1
stamp=.venv/installed-$list

fail() { printf '%s\n' "$1" >&2; exit 2; }

suitable() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    for name in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python3.14; do
        if suitable "$name"; then printf '%s\n' "$name"; return; fi
    done
    fail "Jawoord needs Python 3.11 or newer: install it (Debian 12 and later: apt-get install python3 python3-venv)."
}

make_venv() {
    python=$(find_python) || exit 2
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        fail "Python cannot make an environment yet: install its venv package (Debian/Ubuntu: apt-get install python3-venv)."
    printf 'Making .venv with %s.\n' "$("$python" --version)"
    "$python" -m venv --clear .venv
}

if cmp -s "requirements/$list.txt" "$stamp" && suitable .venv/bin/python; then exit 0; fi
suitable .venv/bin/python && .venv/bin/python -m pip --version >/dev/null 2>&1 || make_venv
printf 'Installing the locked packages (%s).\n' "$list"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement "requirements/$list.txt" ||
    fail "The packages could not be installed: check the network or the package index, then try again."
cp "requirements/$list.txt" "$stamp"
if [ "$list" = dev ]; then cp requirements/embedded.txt .venv/installed-embedded; fi
