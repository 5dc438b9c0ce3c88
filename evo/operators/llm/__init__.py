"""Operators that ask a language model: what it is shown, and what is made of its answer."""
