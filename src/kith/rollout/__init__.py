"""Which features are open, and to whom."""
