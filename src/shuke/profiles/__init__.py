"""Profiles: what do we know and believe of each customer?"""
