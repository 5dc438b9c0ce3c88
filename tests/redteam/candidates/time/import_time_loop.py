# verdict: timeout
# stage: brief
"""Never gets past its own import."""
while True:
    pass
