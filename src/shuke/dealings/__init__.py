"""Dealings: what was bought, by whom, and for how much in one currency?"""
