"""How people stand to one another: relationships, circles, members, requests, invitations.

`services` here writes the facts and nothing else. Who may see what follows from them, so
the entrances call `sharing.services`, which writes the fact and puts the deliveries right in
the same transaction; import-linter keeps everybody else out of `ties.services`.
"""
