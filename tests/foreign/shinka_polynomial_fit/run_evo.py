"""Starts ShinkaEvolve on this problem; evo reads the message out of this file and does not run it."""

import asyncio
from pathlib import Path

import yaml
from shinka.core import EvolutionConfig, ShinkaEvolveRunner
from shinka.database import DatabaseConfig
from shinka.launch import LocalJobConfig

TASK_SYS_MSG = """You are good at numerical approximation.

Make approximate(x) as close to sin(x) on [0, pi] as you can."""


def main():
    """Reads the settings and runs."""
    config = yaml.safe_load(Path("shinka.yaml").read_text())
    runner = ShinkaEvolveRunner(
        evo_config=EvolutionConfig(task_sys_msg=TASK_SYS_MSG, **config["evo_config"]),
        job_config=LocalJobConfig(**config["job_config"]),
        db_config=DatabaseConfig(**config["db_config"]),
    )
    asyncio.run(runner.run())


if __name__ == "__main__":
    main()
