"""Checks of settings, made once, where they enter."""

from evo.errors import ConfigError


def at_least(setting: str, value: float, least: float, example: float) -> None:
    """Refuses a `value` below `least`, or one that is no number.

    Raises:
        ConfigError: it is.
    """
    if not value >= least:
        raise ConfigError(
            f"{setting} must be at least {least}, got {value}. Set it with: evo run {setting}={example}"
        )


def share(setting: str, value: float, example: float, most: float = 1.0) -> None:
    """Refuses a `value` that is not in [0, `most`].

    Raises:
        ConfigError: it is not.
    """
    if not 0 <= value <= most + 1e-12:  # 1 - 0.9 is a little less than 0.1
        raise ConfigError(
            f"{setting} must be from 0 to {most:g}, got {value}. Set it with: evo run {setting}={example}"
        )
