"""The local cloud: ministack behind a layer that makes every acknowledged write durable.

The emulator keeps its state in memory and writes it only at shutdown.  This package observes the
stores of the pinned version, journals each change to SQLite and lets an answer leave only after
the changes made before it are on disk.  Everything that reaches into the emulator lives here, one
module per store, so that a new version of it is adopted by reading five short files.
"""
