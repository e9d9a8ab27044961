"""Hardware: what the machine is."""
