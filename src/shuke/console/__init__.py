"""Console: what does a manager with ten minutes look at?"""
