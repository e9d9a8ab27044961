"""Several workers that run the same model, each in a process of its own on a device of its own."""
