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
