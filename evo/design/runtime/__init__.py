"""How a design is carried out: `recipe` makes, outside, what the rest needs to build and run it in the jail.

All but `recipe` runs in a candidate's own process, where of evo nothing else is loaded than what components
import; nothing in there is believed.
"""
