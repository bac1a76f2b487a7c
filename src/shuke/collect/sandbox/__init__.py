"""Sandbox: what is read of a file in a process that may take little, write nothing, and die alone?"""
