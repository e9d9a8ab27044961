"""The parts of `scripts/gpu_check.sh`: one file a question that is put to the GPU."""
