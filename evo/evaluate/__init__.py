"""Judging untrusted candidates: the sandbox, the judge's side of it, stages."""
