"""One file per output format: a Report set in type. A new file here is a new format."""
