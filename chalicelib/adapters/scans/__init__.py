"""Inspection of scans in a process of its own, with bounded time and memory."""
