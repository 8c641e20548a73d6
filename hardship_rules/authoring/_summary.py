"""The summary of a policy file: its days, and its parameters and readings beside those of its base."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from hardship_rules.core.expr import BASES, Provenance
from hardship_rules.core.kinds import ChoiceKind, NumberKind, unit_text
from hardship_rules.core.policy import Parameter, Policy, Reading
from hardship_rules.core.problem import Language
from hardship_rules.core.units import kind_of_name
from hardship_rules.explanation.wording import exact_text
from hardship_rules.language.shape import NOT_PUBLISHED
from hardship_rules.locale import sentences

_Key = tuple[str | int, ...]
_Part = TypeVar("_Part", Parameter, Reading)


def summary(name: str, policy: Policy, base: Policy | None, lang: Language = "zh", warnings: int = 0) -> str:
    """The summary of a policy file in about fifteen lines; `base` is the policy that it extends.

    `name` is the file's name, and `warnings` the number of warnings about it.
    """
    return "\n".join(_Text(policy, base, lang).lines(name, warnings))


def summary_data(policy: Policy, base: Policy | None) -> dict[str, object]:
    """The summary as JSON: exact numbers as text, `not published` as the language writes it, null for open values."""
    return {
        "id": policy.name,
        "title": policy.title,
        "series": policy.series,
        "extends": None if base is None else base.name,
        "from": None if policy.start is None else policy.start.isoformat(),
        "to": None if policy.end is None else policy.end.isoformat(),
        "fingerprint": policy.fingerprint,
        "status": policy.status,
        "open": list(_open(policy)),
        "parameters": {
            name: {
                "title": parameter.title,
                "unit": unit_text(parameter.kind.unit or (), {}),
                "by": list(parameter.by),
                "values": [
                    {
                        "for": [_key_text(parameter, key, place) for place in range(len(key))],
                        "value": _exact(parameter, key),
                        **({} if was is None else {"base": _exact(was, key)}),
                    }
                    for key in _keys(parameter)
                ],
                "changed": _changed(parameter, was),
                **_basis(parameter.provenance),
            }
            for name, parameter in policy.parameters.items()
            for was in [None if base is None else base.parameters[name]]
        },
        "readings": {
            name: {
                "title": reading.title,
                "chosen": reading.chosen,
                **({} if was_reading is None else {"base": was_reading.chosen}),
                "options": dict(reading.kind.options),
                "why": reading.why,
                "changed": _changed(reading, was_reading),
                **_basis(reading.provenance),
            }
            for name, reading in policy.readings.items()
            for was_reading in [None if base is None else base.readings[name]]
        },
    }


class _Text:
    """The lines of one summary."""

    def __init__(self, policy: Policy, base: Policy | None, lang: Language) -> None:
        self.policy = policy
        self.base = base
        self.lang = lang
        self.say = sentences("summary", lang)

    def lines(self, name: str, warnings: int) -> Iterator[str]:
        policy, base, say = self.policy, self.base, self.say
        yield say["warned" if warnings else "sound"].format(name=name, title=policy.title, count=warnings)
        yield from self.status()
        yield f"  {self.window()}"
        if base is not None:
            yield "  " + say["extends"].format(name=base.name, title=base.title)
        if policy.parameters:
            yield "  " + self.heading("parameters", policy.parameters, {} if base is None else base.parameters)
        for parameter in self.changed_first(policy.parameters, {} if base is None else base.parameters):
            for key in _keys(parameter):
                yield "    " + self.value(parameter, key)
        if policy.readings:
            yield "  " + self.heading("readings", policy.readings, {} if base is None else base.readings)
        for reading in self.changed_first(policy.readings, {} if base is None else base.readings):
            if base is None or reading != base.readings[reading.name]:
                yield "    " + self.reading(reading)
        if names := _open(policy):
            titles = (f"`{parameter}` {policy.parameters[parameter].title}" for parameter in names)
            yield "  " + say["open"].format(names=say["join"].join(titles))
        rows = [
            self.title(parameter, key)
            for parameter in policy.parameters.values()
            for key, number in parameter.values.items()
            if number is None
        ]
        if rows:
            yield "  " + say["unpublished"].format(rows=say["join"].join(rows))
        yield "  " + say["fingerprint"].format(fingerprint=policy.fingerprint)

    def status(self) -> Iterator[str]:
        """The approval or the draft status, where the file states one."""
        approval = self.policy.approval
        if approval is None or self.policy.is_draft:
            if self.policy.status is not None:
                yield "  " + self.say["draft"]
        else:
            key = "approved" if self.policy.status == "approved" else "void"
            yield "  " + self.say[key].format(by=approval.by, day=approval.day)

    def window(self) -> str:
        policy, say = self.policy, self.say
        key = {(True, True): "window", (True, False): "from", (False, True): "to", (False, False): "always"}
        words = say[key[policy.start is not None, policy.end is not None]].format(start=policy.start, end=policy.end)
        return words + ("" if policy.series is None else say["series"].format(series=policy.series))

    def heading(self, what: str, own: Mapping[str, object], base: Mapping[str, object]) -> str:
        if self.base is None:
            return self.say[what].format(count=len(own))
        changed = sum(definition != base[name] for name, definition in own.items())
        return self.say[f"{what}_changed"].format(changed=changed, count=len(own) - changed)

    def changed_first(self, own: Mapping[str, _Part], base: Mapping[str, _Part]) -> list[_Part]:
        return sorted(own.values(), key=lambda part: not _changed(part, base.get(part.name)))

    # Rows

    def value(self, parameter: Parameter, key: _Key) -> str:
        was = None if self.base is None else self.base.parameters[parameter.name]
        row = self.say["row"].format(title=self.title(parameter, key), value=self.number(parameter, key))
        if was is not None and parameter != was:
            row += self.beside(self.number(parameter, key), self.number(was, key))
        return row + self.basis(parameter.provenance)

    def reading(self, reading: Reading) -> str:
        was = None if self.base is None else self.base.readings[reading.name]
        chosen = reading.kind.options[reading.chosen]
        row = self.say["row"].format(title=reading.title, value=chosen)
        if was is not None:
            row += self.beside(chosen, reading.kind.options[was.chosen])
        return row + self.basis(reading.provenance) + ("" if was is None else self.say["why"].format(why=reading.why))

    def beside(self, own: str, base: str) -> str:
        return self.say["beside_same"] if own == base else self.say["beside"].format(base=base)

    def title(self, parameter: Parameter, key: _Key) -> str:
        words = [self.option(parameter, key, place) for place in range(len(key))]
        return parameter.title + (self.say["options"].format(options=self.say["join"].join(words)) if words else "")

    def option(self, parameter: Parameter, key: _Key, place: int) -> str:
        """One option of a row: its title, a number with its unit, or the last number "and more"."""
        kind = kind_of_name(self.policy, parameter.by[place])
        if isinstance(kind, ChoiceKind):
            return kind.options[str(key[place])]
        unit = unit_text(kind.unit or (), self.policy.units) if isinstance(kind, NumberKind) else ""
        if key[place] == parameter.last[place]:
            return self.say["last"].format(number=key[place], unit=unit)
        return f"{key[place]} {unit}".rstrip()

    def number(self, parameter: Parameter, key: _Key) -> str:
        unit = unit_text(parameter.kind.unit or (), self.policy.units)
        if key not in parameter.values:
            return self.say["open_value"]
        number = parameter.values[key]
        if number is None:
            ends = {"low": parameter.kind.low, "high": parameter.kind.high}
            low, high = (exact_text(end) for end in ends.values() if end is not None)
            return self.say["not_published"].format(low=low, high=high, unit=unit)
        if not unit and 0 < number < 1:
            return f"{exact_text(number * 100)} %"
        return f"{exact_text(number)} {unit}".rstrip()

    def basis(self, provenance: Provenance | None) -> str:
        if provenance is None:
            return ""
        return f"〔{BASES[provenance.basis]}〕" if self.lang == "zh" else f" [{provenance.basis}]"


def _keys(parameter: Parameter) -> list[_Key]:
    """The keys of a parameter's rows; one empty key while it is open."""
    return list(parameter.values) or [()]


def _open(policy: Policy) -> tuple[str, ...]:
    return tuple(name for name, parameter in policy.parameters.items() if not parameter.values)


def _changed(own: Parameter | Reading, base: Parameter | Reading | None) -> bool:
    return base is not None and own != base


def _key_text(parameter: Parameter, key: _Key, place: int) -> str:
    return f"{key[place]} and more" if key[place] == parameter.last[place] else str(key[place])


def _exact(parameter: Parameter, key: _Key) -> str | None:
    if key not in parameter.values:
        return None
    number = parameter.values[key]
    return NOT_PUBLISHED if number is None else str(number)


def _basis(provenance: Provenance | None) -> dict[str, str | None]:
    if provenance is None:
        return {"basis": None, "source": None, "cite": None}
    return {"basis": provenance.basis, "source": provenance.source, "cite": provenance.cite}
