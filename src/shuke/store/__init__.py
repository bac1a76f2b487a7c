"""Store: where is everything kept? The landing zone, the builds, and the operations database."""
