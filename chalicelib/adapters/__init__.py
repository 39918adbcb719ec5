"""Implementations of the ports over AWS, HTTP, PDF and QR libraries."""
