"""Measurements: the same work done by hand in NumPy, by us and by the peers, in one run."""
