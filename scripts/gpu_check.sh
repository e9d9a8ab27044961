#!/usr/bin/env bash
# Puts a GPU through what benchharness claims of it: exactness, shares of its peaks, long prompts, energy, perf.
#
#   scripts/gpu_check.sh [--output DIR] [--minutes 9] [--name NAME] [--only WORDS] [--tiny]
#       writes NAME.json and NAME.md. Needs a python3 with torch and transformers; what else is missing is taken
#       from wheels in $BENCHHARNESS_WHEELS, or in wheels/ beside the repository's files.
#   scripts/gpu_check.sh carry [DIR]
#       on a machine with a package index, gathers those wheels for a bare machine with Linux, x86-64 and the Python
#       in $CARRY_PYTHON (3.12).
set -euo pipefail
cd "$(dirname "$0")/.."
wheels=${BENCHHARNESS_WHEELS:-wheels}

if [ "${1:-}" = carry ]; then
    folder=${2:-$wheels}
    platforms=()
    for kind in manylinux_2_28 manylinux_2_27 manylinux_2_24 manylinux_2_17 manylinux2014 manylinux1; do
        platforms+=(--platform "${kind}_x86_64")
    done
    python3 -m pip --disable-pip-version-check download --quiet --no-deps --only-binary=:all: \
        --python-version "${CARRY_PYTHON:-3.12}" --implementation cp "${platforms[@]}" \
        --constraint constraints.txt --dest "$folder" --requirement scripts/gpu_check/carried.txt
    du -sh "$folder"
    exit
fi

python=${PYTHON:-python3}
if ! "$python" -c "import torch, transformers" 2>/dev/null; then
    echo "gpu_check: $python has no torch or no transformers; set PYTHON to one that has both." >&2
    exit 3
fi
path=src:scripts
if compgen -G "$wheels/*.whl" > /dev/null; then
    site=$(mktemp -d)
    trap 'rm -rf "$site"' EXIT
    "$python" -m pip --disable-pip-version-check install --quiet --no-index --no-deps --no-compile --no-cache-dir \
        --target "$site" "$wheels"/*.whl
    path="$path:$site"
fi
PYTHONPATH="$path${PYTHONPATH:+:$PYTHONPATH}" "$python" -m gpu_check "$@"
