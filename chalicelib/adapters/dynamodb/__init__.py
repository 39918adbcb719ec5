"""The one table: keys, items, reads and units of work."""
