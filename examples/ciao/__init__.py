"""The Ciao trust network in Kith: real shoppers, whom they trust, and what they thought of what they had.

`convert` turns the two files into records of Kith's import, `raw` reads the same files in plain
loops, and `check` compares what the running program says with what the plain loops say. The data
is not here; README.md says where it can be had.
"""
