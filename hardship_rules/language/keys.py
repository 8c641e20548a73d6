"""The keys of a policy file as data: each with the shape of its value and a description for editors."""

from collections.abc import Mapping as Mapping_

from attrs import field, frozen

from hardship_rules.core.expr import BASES, TONES
from hardship_rules.core.frozen import FrozenMapping
from hardship_rules.locale import sentences

# --- Shapes ---


@frozen
class Word:
    """A scalar of some kind, such as text, line, number, name, unit or date; `shape.conform_word` checks each kind."""

    kind: str = "text"


@frozen
class Items:
    """A list with items of one shape."""

    of: "Shape"


@frozen
class Key:
    """A key: its description in Chinese, the shape of its value, and whether it is required."""

    about: str
    shape: "Shape"
    required: bool = False


def described(word: str, shape: "Shape", *, required: bool = False, **values: str) -> Key:
    """A key with its description from the catalogue `keys`; `values` fill in the sentence."""
    return Key(sentences("keys")[word].format(**values), shape, required)


def _frozen_keys(keys: Mapping_[str, Key]) -> FrozenMapping[str, Key]:
    return FrozenMapping(keys)


@frozen
class Entries:
    """A mapping whose keys the author chooses, with values of one shape; `own` are further keys of the language."""

    of: "Shape"
    key: str = "name"
    own: FrozenMapping[str, Key] = field(converter=_frozen_keys, default=FrozenMapping())


@frozen
class Fields:
    """A mapping with keys of the language; of each group in `one_of` exactly one key is required."""

    keys: FrozenMapping[str, Key] = field(converter=_frozen_keys)
    one_of: tuple[tuple[str, ...], ...] = ()


@frozen
class Either:
    """A shape for each type of node that is allowed: text, list or mapping."""

    word: Word | None = None
    items: Items | None = None
    mapping: "Fields | Entries | Ref | None" = None


@frozen
class Ref:
    """A shape of `SHAPES` by name, for recursive shapes."""

    name: str


@frozen
class Anything:
    """Any value, unchecked."""


Shape = Word | Items | Entries | Fields | Either | Ref | Anything

# --- The language ---

TEXT, LINE, NUMBER, NAME, DATE = Word(), Word("line"), Word("number"), Word("name"), Word("date")
CONDITION = Ref("condition")
FORMERLY = {"formerly": described("formerly", Either(TEXT, Items(TEXT)))}
USUAL = {
    "usual": described(
        "usual",
        Fields({"from": described("usual_from", NUMBER), "to": described("usual_to", NUMBER)}),
    )
}
OPTIONS = Entries(
    Either(TEXT, None, Fields({"title": described("option_title", TEXT, required=True), **FORMERLY})), "option"
)
PROVENANCE = {
    "source": described("source", NAME),
    "cite": described("cite", TEXT),
    "basis": described("basis", Word("basis"), grades=", ".join(f"{name} {title}" for name, title in BASES.items())),
}
BODY = {
    "that": described("that", LINE),
    "all": described("all", Entries(CONDITION)),
    "any": described("any", Entries(CONDITION)),
    "not": described("not", Ref("negated")),
}
CASES = {
    "choose": described("choose", Items(Ref("case"))),
    "otherwise": described("choose_otherwise", LINE),
}
FACT = Fields(
    {
        "title": described("title", TEXT, required=True),
        "unit": described("unit", Word("unit")),
        "one of": described("options", OPTIONS),
        "yes or no": described("boolean", Word("true")),
        "date": described("date", Word("true")),
        "from": described("fact_from", NUMBER),
        "to": described("fact_to", NUMBER),
        "decimals": described("decimals", Word("whole")),
        **USUAL,
        "if absent": described("if_absent", Either(LINE, None, Fields(CASES))),
        "counted in": described("counted_in", TEXT),
        "evidence": described("evidence", TEXT),
        "group": described("group", TEXT),
        **FORMERLY,
    },
    one_of=(("unit", "one of", "yes or no", "date"),),
)
_VALUES = {
    "value": described("value", Word("value")),
    "values": described("values", Entries(Either(Word("value"), None, Entries(Word("value"), "option")), "option")),
    "from": described("parameter_from", NUMBER),
    "to": described("parameter_to", NUMBER),
    **USUAL,
}
PARAMETER = Fields(
    {
        "title": described("title", TEXT, required=True),
        "unit": described("unit", Word("unit"), required=True),
        "by": described("by", Either(NAME, Items(NAME))),
        **_VALUES,
        **PROVENANCE,
    }
)
READING = Fields(
    {
        "title": described("title", TEXT, required=True),
        "question": described("question", TEXT, required=True),
        "one of": described("answers", Entries(TEXT, "option"), required=True),
        "chosen": described("chosen", Word("option"), required=True),
        "why": described("why", TEXT, required=True),
        "affects": described("affects", Items(NAME)),
        **PROVENANCE,
    }
)
TERM = Fields(
    {
        "title": described("title", TEXT, required=True),
        "of": described("of", Word("member")),
        "unit": described("unit", Word("unit")),
        "one of": described("options", Entries(TEXT, "option")),
        "value": described("term_value", LINE),
        "when": described("term_when", CONDITION),
        **CASES,
        **PROVENANCE,
    },
    one_of=(("value", "when", "choose"), ("unit", "one of", "when")),
)
OUTCOME = Fields(
    {
        "outcome": described("outcome", Word("option"), required=True),
        "title": described("outcome_title", TEXT, required=True),
        "when": described("outcome_when", CONDITION, required=True),
        "tone": described("tone", Word("tone"), tones=", ".join(TONES)),
        **FORMERLY,
        **PROVENANCE,
    }
)
DECISION = Fields(
    {
        "title": described("title", TEXT, required=True),
        "first": described("first", Items(OUTCOME)),
        "every": described("every", Items(OUTCOME)),
        "otherwise": described("otherwise", Fields({key: OUTCOME.keys[key] for key in OUTCOME.keys if key != "when"})),
        "disjoint": described("disjoint", Word("truth")),
        "complete": described("complete", Word("truth")),
        **PROVENANCE,
    },
    one_of=(("first", "every"),),
)
SOURCES = Entries(
    Fields({"title": described("source_title", TEXT, required=True), "held": described("held", Word("truth"))})
)
_GETS = {
    "gets": described("gets", Either(Word("option"), Items(Word("option"))), required=True),
    "of": described("gets_of", NAME),
    "when": described("gets_when", CONDITION, required=True),
}
PROPERTY = Fields(
    {
        "title": described("property_title", TEXT, required=True),
        "raising": described(
            "raising",
            Fields(
                {
                    "facts": described("raising_facts", Either(NAME, Items(NAME)), required=True),
                    "never moves": described("never_moves", NAME, required=True),
                    "to": described("to", Word("moves"), required=True),
                    "where": described("where", CONDITION),
                }
            ),
        ),
        "never": described("never", Fields(_GETS)),
        "only": described("only", Fields(_GETS)),
        **PROVENANCE,
    },
    one_of=(("raising", "never", "only"),),
)
REPLY_WITHIN = "reply within"  # distinct from the name of any note, since it has a space
NOTES = Entries(
    Fields({"text": described("note_text", TEXT, required=True), **PROVENANCE}),
    own={
        REPLY_WITHIN: described(
            "reply_within",
            Fields({"days": described("reply_days", Word("whole"), required=True), **PROVENANCE}),
        )
    },
)

_SHAPES: dict[str, Shape] = {
    "condition": Either(LINE, None, Ref("clause")),
    "clause": Fields(
        {**BODY, "title": described("title", TEXT), "if not": described("if_not", TEXT), **FORMERLY, **PROVENANCE},
        one_of=(tuple(BODY),),
    ),
    "negated": Either(LINE, None, Ref("body")),
    "body": Fields(BODY, one_of=(tuple(BODY),)),
    "case": Fields(
        {
            "when": described("case_when", CONDITION, required=True),
            "value": described("case_value", LINE, required=True),
        }
    ),
}
SHAPES = FrozenMapping(_SHAPES)

_HEAD = {
    "language": described("language", Word("language"), required=True),
    "policy": described("policy", Word("policy"), required=True),
    "series": described("series", Word("policy")),
    "title": described("policy_title", TEXT),
    "extends": described("extends", Word("policy")),
    "effective": described(
        "effective", Fields({"from": described("effective_from", DATE), "to": described("effective_to", DATE)})
    ),
    "sources": described("sources", SOURCES),
    "status": described("status", Word("draft")),
    "approved": described(
        "approved",
        Fields(
            {
                "by": described("approved_by", TEXT, required=True),
                "date": described("approved_date", DATE, required=True),
                "fingerprint": described("approved_fingerprint", Word("fingerprint"), required=True),
                "base": described("approved_base", Word("fingerprint")),
            }
        ),
    ),
}
POLICY = Fields(
    {
        **{name: key for name, key in _HEAD.items() if name != "extends"},
        "units": described("units", Entries(TEXT)),
        "household": described("household", Entries(FACT)),
        "members": described(
            "members",
            Fields(
                {
                    "called by": described("called_by", Items(NAME)),
                    "at most": described("at_most", Word("whole")),
                    "facts": described("member_facts", Entries(FACT), required=True),
                }
            ),
        ),
        "must": described("must", Entries(CONDITION)),
        "parameters": described("parameters", Entries(PARAMETER)),
        "readings": described("readings", Entries(READING)),
        "terms": described("terms", Entries(TERM)),
        "show": described("show", Items(NAME)),
        "decisions": described("decisions", Entries(DECISION)),
        "properties": described("properties", Entries(PROPERTY)),
        "notes": described("notes", NOTES),
    }
)
OVERLAY = Fields(
    {
        **_HEAD,
        "parameters": described("parameters_of_year", Entries(Fields({**_VALUES, **PROVENANCE}))),
        "readings": described(
            "readings_of_year",
            Entries(Fields({"chosen": READING.keys["chosen"], "why": READING.keys["why"], **PROVENANCE})),
        ),
        "notes": described("notes", NOTES),
    }
)

# --- Households ---

RESERVED_TITLES = FrozenMapping(
    {"policy": "政策", "on": "认定日期", "reference": "编号", "members": "家庭成员", "label": "称呼"}
)
"""The keys of a household that are no facts, with their titles."""
