"""One file per output format: a Report set in type. A new file here is a new format.

One with a ``SUFFIX`` makes a file, and is an option of the command line by its own name: the first
line of its docstring is the option's help, ``INCOMPLETE`` the text that stands in its place while a
run is not finished. All have ``render(report)``, which returns text.
"""
