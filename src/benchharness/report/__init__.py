"""Report: draws what the summary holds. It computes nothing."""
