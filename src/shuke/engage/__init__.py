"""Engage: who is written to, what is offered to them, and what comes of it?"""
