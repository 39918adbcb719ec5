"""Deploys the package into a local cloud and walks the journey through what was deployed."""
