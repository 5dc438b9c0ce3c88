"""One design plays one problem's cases: what brings designs, models and the jail together, in the judge's process."""
