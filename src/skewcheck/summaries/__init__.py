"""Mergeable summaries of a column, one file each."""
