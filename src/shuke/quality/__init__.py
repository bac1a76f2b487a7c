"""Quality: how far can the data be trusted?"""
