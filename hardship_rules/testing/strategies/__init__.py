"""Hypothesis strategies for any policy: its households, partial ones, and policies themselves (extra `verify`).

`households(policy)` and `partial_households(policy)` draw mappings that `assess` takes, `policies()` draws texts that
`read_policy` takes; an example is `given(households(load_policy("2021_weihai")))`.
"""

try:
    from hardship_rules.testing.strategies._households import households, partial_households
    from hardship_rules.testing.strategies._policies import policies
except ModuleNotFoundError as error:
    if error.name != "hypothesis":
        raise
    needs = "hardship_rules.testing.strategies needs hypothesis: pip install 'hardship-rules[verify]'"
    raise ModuleNotFoundError(needs, name="hypothesis") from None

__all__ = ["households", "partial_households", "policies"]
