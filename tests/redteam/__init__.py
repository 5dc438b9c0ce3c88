"""Hostile candidates against our own sandbox; see README.md."""
