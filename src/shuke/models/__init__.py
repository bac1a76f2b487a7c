"""Models: what will each customer do next, fitted on what all of them did?"""
