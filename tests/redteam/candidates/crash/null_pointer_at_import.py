# verdict: crashed
"""Dies of SIGSEGV before its import ends."""
import ctypes

ctypes.string_at(0)
