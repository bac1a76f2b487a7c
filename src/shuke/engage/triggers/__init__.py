"""Triggers: what may happen to a customer, one file each; `engage.trigger` finds them."""
