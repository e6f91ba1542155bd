"""Containers of rows, read into batches: ``open_source`` finds out what it was given."""
