"""Backups: a project in one file that tells nobody anything, and a project made of such a file again."""
