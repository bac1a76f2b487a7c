"""Sandbox: which file formats are read in a process with few rights that may crash alone?"""
