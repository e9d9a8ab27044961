#!/usr/bin/env bash
# Pins the newest versions that pyproject.toml allows into constraints.txt. Run the tests before committing it.
# usage: scripts/update_constraints.sh [TORCH_VERSION]
set -euo pipefail
cd "$(dirname "$0")/.."
torch="torch==${1:-$(sed -n 's/^torch==//p' constraints.txt)}"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
python3 -m venv "$scratch/venv"
"$scratch/venv/bin/pip" install --quiet "$torch"
"$scratch/venv/bin/pip" install --quiet "$torch" '.[dev]'
{
    echo "# What the project is tested with. Written by scripts/update_constraints.sh."
    "$scratch/venv/bin/pip" freeze --exclude benchharness | sed 's/^\(torch==[0-9.]*\)+.*/\1/'
} > constraints.txt
echo "constraints.txt: $(grep -c == constraints.txt) packages"
