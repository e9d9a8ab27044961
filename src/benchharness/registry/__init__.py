"""Registry: turns YAML into typed specs of models, tasks, suites and protocols."""
