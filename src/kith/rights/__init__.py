"""A person's rights over what is held about them on both sides, and what becomes of a side that is over.

It stands above `sharing` and `strangers`, which know nothing of each other: a copy of one's data, the
erasure of an account, and the purge of a feature that has been wound down.
"""
