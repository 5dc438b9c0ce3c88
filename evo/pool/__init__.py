"""Where tasks are carried out."""
