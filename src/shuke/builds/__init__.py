"""Builds: from all that was collected to the customer database that is in force."""
