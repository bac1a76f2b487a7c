"""Start-up: how long until the command line says anything?"""

from importlib.util import find_spec

from bench.measured import Measured, child


def startup(*, rounds: int) -> Measured:
    """`shuke --version`, beside a Python that does nothing."""
    name = "shuke --version"
    if find_spec("shuke.cli") is None:
        return Measured(section="start-up", name=name, note="there is no command line yet")
    python = min(child("-c", "pass").seconds for _ in range(rounds))
    ours = tuple(child("-m", "shuke", "--version").seconds for _ in range(rounds))
    return Measured(section="start-up", name=name, ours=ours, aim=0.3, note=f"Python alone: {python:.2f} s")
