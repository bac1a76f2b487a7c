"""Towns: small dense companies whose truth is known, on which nothing was ever set.

Identity is graded on them and not tuned: their names, streets and numbers stand here alone, and so do their
seeds.
"""
