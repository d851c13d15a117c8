"""What can be told from a picture or a text alone: faces, likeness, contacts, signs of risk.

Pure functions: they read no table and no clock and know no person. What follows from their answers
is decided by who asks.
"""
