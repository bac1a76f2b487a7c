"""Collect: how does what a company has become rows of the vocabulary?"""
