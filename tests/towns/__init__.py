"""Towns: small dense companies whose truth is known, on whose grading seeds no weight is set.

Identity is graded on them and not tuned: their names, streets and numbers stand here alone, and so do their
seeds.
"""
