"""Integrity: is everything of a project as it was left; if not, what is lost, and what can be made again?"""
