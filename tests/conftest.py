"""Random tests draw new examples in every run; a failed run reports its seed, which repeats it."""

from typing import Any

import pytest
from hypothesis import settings
from sampling import DRAWN, LONG, new_seed

# If CI is set, hypothesis would draw the same examples in every run.
settings.register_profile("other examples", settings.default, derandomize=False)
settings.load_profile("other examples")


@pytest.hookimpl(tryfirst=True)  # before hypothesis reads its option
def pytest_configure(config: pytest.Config) -> None:
    """Choose one seed for the whole run, unless one is given."""
    if config.getoption("hypothesis_seed") is None:
        config.option.hypothesis_seed = str(new_seed())


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Report how to repeat a failed run, and how much a long run drew."""
    seed = config.getoption("hypothesis_seed")
    if terminalreporter.stats.get("failed") or terminalreporter.stats.get("error"):
        terminalreporter.write_line(f"Examples were drawn with the seed {seed}: pytest --hypothesis-seed={seed}")
    if LONG:
        drawn = ", ".join(f"{number} {name}" for name, number in sorted(DRAWN.items()))
        terminalreporter.write_line(f"Drawn with the seed {seed}: {drawn or 'no policies'}")
