"""Where tables are printed."""

from rich.console import Console

PIPE_WIDTH = 180
"""Columns where nobody says how many there are: a pipe or a file is not 80 wide."""


def screen() -> Console:
    """A console as wide as the terminal, or wide enough for a table to stand on its lines."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = PIPE_WIDTH
    return console
