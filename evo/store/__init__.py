"""The journal, the archive, export."""
