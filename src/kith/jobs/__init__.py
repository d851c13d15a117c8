"""What is done later or again and again, by the worker.

`queue` is where jobs wait; `housekeeping` holds the periodic ones. A job is started from
`transaction.on_commit`, so that it never runs for what was rolled back.
"""
