"""Actions: what changes something, each with the capability that it takes and its line in the audit log.

Every door calls the same function, so that nobody may do at one door what they may not at another.
"""
