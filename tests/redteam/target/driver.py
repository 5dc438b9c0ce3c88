"""Calls the candidate's function once for each weight, inside the sandbox."""


def drive(function, weights):
    """The candidate's answers, ``[16]``; the judge believes none of it."""
    answers = []
    for weight in weights:
        answers.append(function(float(weight)))  # noqa: PERF401 - a candidate reaches for this list
    return answers
