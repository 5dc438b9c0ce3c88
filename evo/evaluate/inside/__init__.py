"""What runs on the candidate's side of the wall: imports the standard library and NumPy, nothing of evo.

The jailed process loads this folder as a package of its own, called ``inside``, so that neither a
judge nor a problem is ever in a candidate's memory. The judge's side shares only `wire`.
"""
