"""Text: in how many ways can the same be written, and what do numbers that are written tell?"""
