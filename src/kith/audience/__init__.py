"""THE rule: who may see what. One function per kind of content, each a `Q`, asked at every read.

Tables that belong to one person alone (relationships, circles, notices) say so in their own
`sees`; everything that one person shows another is decided here.
"""
