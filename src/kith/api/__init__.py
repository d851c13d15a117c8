"""REST under /api/v1: an entrance that parses, makes one domain call, and writes JSON.

One module per feature beside `server`, which puts them together. Around them: `access`
(tokens, scopes and limits), `problems` (every error, as RFC 9457), `fields` (ids and the
base of all schemas), `answers` (pages, entity tags), `once` (Idempotency-Key) and
`openapi` (what each operation says of itself). A signed-in browser is nobody here: only
the bearer token counts, so no other site can make a browser act.
"""
