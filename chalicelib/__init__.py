"""Polis: the service of compulsory health insurance policies."""
