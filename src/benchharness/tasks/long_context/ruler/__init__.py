"""RULER's thirteen tasks by its definitions [Hsieh et al. 2024, arXiv 2404.06654], in sentences of our own."""
