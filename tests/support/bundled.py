"""The bundled policies that can assess: every year's, and the other union's, but not the open measure."""

from hardship_rules import load_policy
from hardship_rules.language.find import BUNDLED

POLICIES = [policy for path in sorted(BUNDLED.glob("*.yaml")) if not (policy := load_policy(path.stem)).is_open]
