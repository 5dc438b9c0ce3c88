"""Agent designs: which component stands in which slot, with typed parameters, checked before anything is spent."""
