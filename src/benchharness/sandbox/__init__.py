"""Where generated code is run: a process without network, files, other processes or time to spare.

``calls.run_calls`` is the way in. Outside stands what prepares and judges; ``inside`` is the only part that shares a
process with the code.
"""
