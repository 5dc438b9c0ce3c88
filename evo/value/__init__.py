"""The value model: how good a candidate will be, before it is judged. Pure."""
