"""Outside: personas, what they write to strangers, what is said of it, and letters between two.

The use cases are in `services`, the reads in `queries`, each split by what it is about. A person's own
id stands in every table, because that is what the rows are kept by; it leaves none of them. What pages
and programs are told are the ids of personas, posts, comments, exchanges and photos.
"""
