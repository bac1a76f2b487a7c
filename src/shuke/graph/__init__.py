"""Graph: which tables can be made, from which others, and which of them need not be made again?"""
