"""What a candidate may do, as settings: how strong the sandbox must be, and how much may be used."""

import math
from dataclasses import dataclass
from typing import Literal, get_args

from evo.errors import ConfigError, one_of

Level = Literal["S0", "S1", "S2", "S3"]
"""What holds a candidate, each with all of the one before. S0: too little to run foreign code.
S1: an unprivileged user under limits, without processes, sockets or reach to other processes.
S2: also no file that is not granted. S3: also its own view of processes, network and mounts."""

LEVELS: tuple[Level, ...] = get_args(Level)


@dataclass(frozen=True, slots=True)
class Sandbox:
    """How candidates are held.

    Attributes:
        min_level: refuse to run below it; see `Level`.
        bubblewrap: ``auto`` uses it where it works, ``on`` insists on it, ``off`` does without namespaces.
        unsafe: run below `min_level` all the same.
    """

    min_level: str = "S2"
    bubblewrap: str = "auto"
    unsafe: bool = False

    def __post_init__(self) -> None:
        for name, value, choices in (
            ("min_level", self.min_level, LEVELS),
            ("bubblewrap", self.bubblewrap, ("auto", "on", "off")),
        ):
            if value not in choices:
                raise ConfigError(f"sandbox.{name} has no choice {value!r}. {one_of(str(value), choices)}")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run of a candidate may use.

    Attributes:
        wall_s: until it is killed; CPU time may not be longer either. While a request of its own waits
            for its answer (`evo.evaluate.exchange`) this clock stands still.
        cpu_s: CPU time, if that must be less than `wall_s`.
        whole_s: until it is killed, waiting included.
        memory_mb: address space, at least 1024: numerical libraries hang below it.
        claim_bytes: of one claim.
        claims_bytes: of all claims of a run.
        output_bytes: printed in all, until it is killed.
        kept_bytes: of what was printed, the last of it, that is kept.
        source_bytes: of a candidate's files.
        box_bytes, box_files: in the working folder.
    """

    wall_s: float = 10.0
    cpu_s: float = math.inf
    whole_s: float = math.inf
    memory_mb: int = 2048
    claim_bytes: int = 1 << 20
    claims_bytes: int = 64 << 20
    output_bytes: int = 16 << 20
    kept_bytes: int = 64 << 10
    source_bytes: int = 256 << 10
    box_bytes: int = 64 << 20
    box_files: int = 4096

    @property
    def most_cpu_s(self) -> float:
        """CPU time that may be used."""
        return min(self.cpu_s, self.wall_s)

    def __post_init__(self) -> None:
        if self.memory_mb < 1024:
            raise ConfigError(
                f"memory_mb must be at least 1024, got {self.memory_mb}: numerical libraries hang below it. "
                "Set it in the problem's Stage."
            )
        if not self.wall_s > 0:
            raise ConfigError(f"timeout_s must be above 0, got {self.wall_s}. Set it in the problem's Stage.")
