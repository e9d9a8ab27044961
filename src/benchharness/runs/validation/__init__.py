"""What is checked of a task: one module for each thing that can be wrong."""
