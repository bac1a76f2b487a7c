"""Access: who may do what, and who did?"""
