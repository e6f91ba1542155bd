"""Where a source is folded into a profile; the counting itself is the same everywhere."""
