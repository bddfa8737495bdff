#!/bin/sh
# Resolves the .in files to exact versions with hashes, without addresses. Needs uv.
set -eu
cd "$(dirname "$0")/.."
uv=${UV:-.venv/bin/uv}
resolve() {
    name=$1; shift
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
        --no-emit-index-url --no-emit-find-links "$@" "requirements/$name.in" --output-file "requirements/$name.txt"
}
resolve base
resolve embedded --constraint requirements/base.txt
resolve dev --constraint requirements/embedded.txt
resolve mutants --constraint requirements/dev.txt
if grep -nE ':/{2}' requirements/*.txt; then echo "A download address stands in a locked list." >&2; exit 1; fi
