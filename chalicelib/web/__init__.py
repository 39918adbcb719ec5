"""The pages, over the same use cases."""
