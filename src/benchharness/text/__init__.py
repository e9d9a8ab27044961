"""Chinese and English text: width and script, numbers, answers, reasoning, stop strings."""
