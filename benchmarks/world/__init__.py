"""A whole neighbourhood by seed: what the bench measures on.

`story.draw_story` draws what happens as columns of plain facts (who joined, who asked whom, what was bought,
shown and said); `left_*` work out the rows that Kith's services leave of it, and `load` writes those in bulk
into SQLite or PostgreSQL. A test lets a small story happen through the services as well, and compares all
tables. `choose` picks people, pairs and things for the rows of the bench.
"""
