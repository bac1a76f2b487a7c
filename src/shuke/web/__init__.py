"""What the doors that speak HTTP have in common, whoever stands at them."""
