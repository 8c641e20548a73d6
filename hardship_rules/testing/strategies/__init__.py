"""Hypothesis strategies for the property tests of any policy: its households, partial ones, and policies themselves.

    from hypothesis import given
    from hardship_rules import assess, load_policy
    from hardship_rules.testing.strategies import households

    policy = load_policy("2021_weihai")

    @given(households(policy))
    def test_some_category(household):
        assert assess(policy, household).category is not None

`households(policy)` and `partial_households(policy)` give mappings that `assess` takes; `policies()` gives texts that
`read_policy` takes. Needs the extra `verify`.
"""

try:
    from hardship_rules.testing.strategies.households import households, partial_households
    from hardship_rules.testing.strategies.policies import policies
except ModuleNotFoundError as error:
    if error.name != "hypothesis":
        raise
    needs = "hardship_rules.testing.strategies needs hypothesis: pip install 'hardship-rules[verify]'"
    raise ModuleNotFoundError(needs, name="hypothesis") from None

__all__ = ["households", "partial_households", "policies"]
