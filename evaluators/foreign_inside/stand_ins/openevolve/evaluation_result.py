"""What an evaluator of OpenEvolve may return in the place of a dict of metrics."""

from dataclasses import dataclass, field


@dataclass
class EvaluationResult:
    """Metrics, and texts or bytes that tell how they came about.

    Attributes:
        metrics: name -> number; ``combined_score`` is the score.
        artifacts: name -> text or bytes.
    """

    metrics: dict[str, float]
    artifacts: dict[str, str | bytes] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, metrics: dict[str, float]) -> "EvaluationResult":
        """A result of metrics alone."""
        return cls(metrics)

    def to_dict(self) -> dict[str, float]:
        """The metrics."""
        return self.metrics

    def has_artifacts(self) -> bool:
        """Whether there is any."""
        return len(self.artifacts) > 0

    def get_artifact_keys(self) -> list[str]:
        """Names of the artifacts."""
        return [*self.artifacts]

    def get_artifact_size(self, key: str) -> int:
        """Bytes of one artifact, 0 if there is none of that name."""
        value = self.artifacts.get(key, b"")
        return len(value if isinstance(value, bytes) else str(value).encode())

    def get_total_artifact_size(self) -> int:
        """Bytes of all artifacts."""
        return sum(map(self.get_artifact_size, self.artifacts))
