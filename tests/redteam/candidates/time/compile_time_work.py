# verdict: timeout memory crashed
# stage: brief
# append: "\nX = " + "(" * 60 + "1" + ")" * 60 + "\nY = " + "-" * 4000 + "1\nimport time\ntime.sleep(60)\n"
"""Is dear to parse and never gets past its import."""
