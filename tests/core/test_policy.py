"""What the parts of a policy depend on."""

from hardship_rules import read_policy
from hardship_rules.core.policy import names_behind

CHAIN = """
language: 1
policy: chain
units: {yuan: 元}
household:
  place: {title: 住地, one of: {town: 城, village: 村}}
  money: {title: 存款, unit: yuan, to: 100, if absent: spare}
  spare: {title: 余钱, unit: yuan, to: 100}
  since: {title: 自何日, date: true}
members: {facts: {pay: {title: 工资, unit: yuan, to: 100}}}
parameters: {line: {title: 标准, unit: yuan, by: place, values: {town: 9, village: 7}, basis: assumption}}
terms:
  paid: {title: 工资合计, unit: yuan, basis: definition, value: sum(pay)}
  rest: {title: 余额, unit: yuan, basis: definition, value: paid + money}
decisions:
  category:
    title: 类别
    basis: definition
    first:
      - {outcome: poor, title: 困难, when: rest < line}
      - {outcome: late, title: 晚, when: since < on}
    otherwise: {outcome: none, title: 无}
"""


def test_the_names_behind_others() -> None:
    """A name with what its value needs: facts of members, keys of a parameter, and what a default is computed from."""
    policy = read_policy(CHAIN)
    assert names_behind(policy) == frozenset()
    assert names_behind(policy, "spare", "on") == {"spare", "on"}
    assert names_behind(policy, "line") == {"line", "place"}
    assert names_behind(policy, "rest") == {"rest", "paid", "pay", "money", "spare"}
    everything = {"category", "rest", "paid", "pay", "money", "spare", "line", "place", "since", "on"}
    assert names_behind(policy, "category") == everything
    assert names_behind(policy, "paid", "line") == {"paid", "pay", "line", "place"}
