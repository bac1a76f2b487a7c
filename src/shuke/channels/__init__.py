"""Channels: by which ways does a message leave the house? One way a file.

A class here that names its `kind` and to what it `writes_to` is a way out; nothing else knows how many there
are.
"""
