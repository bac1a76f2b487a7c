"""Segments: which customers are meant by what somebody has written about them?"""
