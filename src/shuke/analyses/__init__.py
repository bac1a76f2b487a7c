"""Analyses: one question a file. Whatever stands here is found, computed, checked and shown."""
