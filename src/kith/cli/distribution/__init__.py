"""Turning one PostgreSQL into a cluster of Citus, and back.

`places` says of every table where it lies and why; `catalog` reads what there is; `plan` derives from both
what has to be done, in its order, each step with the one that undoes it; `steps` does them and keeps account
in the database. Nothing outside this package knows of it: the program asks the same of a cluster as of one
PostgreSQL.
"""
