"""Judging untrusted candidates: the sandbox, the judge's side of it, stages."""

from evo.evaluate.ending import Outcome
from evo.evaluate.exchange import Answered, Exchange, Halt
from evo.evaluate.jail import Jail, Program
from evo.evaluate.launch import StartFailed, Warm
from evo.evaluate.probe import Layer, LevelReport, examine, probe, require
from evo.evaluate.sandbox import LEVELS, Level, Limits, Sandbox

__all__ = [
    "LEVELS",
    "Answered",
    "Exchange",
    "Halt",
    "Jail",
    "Layer",
    "Level",
    "LevelReport",
    "Limits",
    "Outcome",
    "Program",
    "Sandbox",
    "StartFailed",
    "Warm",
    "examine",
    "probe",
    "require",
]
