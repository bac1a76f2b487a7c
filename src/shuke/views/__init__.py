"""What the doors show alike: plain functions of a project, to frozen values and Arrow tables."""
