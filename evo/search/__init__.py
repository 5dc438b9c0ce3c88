"""Who is a parent, and what is judged next. Pure: no I/O, no clock."""
