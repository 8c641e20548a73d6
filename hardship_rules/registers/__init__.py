"""Files of many households: read by a mapping, checked, assessed, and written with their problems; extra `register`.

csv, parquet and workbooks. Reports contain no value of a household's facts unless `show_values` asks for it.
"""

from typing import TYPE_CHECKING

from hardship_rules.core.lazy import lazy

if TYPE_CHECKING:
    from hardship_rules.language.mapping import load_mapping, mapping_for, read_mapping
    from hardship_rules.registers._impact import Impact, impact, impact_json, impact_report
    from hardship_rules.registers._mapped import mapped_frames
    from hardship_rules.registers._soundness import Finding, soundness
    from hardship_rules.registers._verdicts import Verdicts, rows_of, verdicts
    from hardship_rules.registers.output import save, totals_of
    from hardship_rules.registers.register import Register, read_register, tables_of
    from hardship_rules.registers.suggest import suggest_mapping
    from hardship_rules.registers.template import register_template

__all__ = [
    "Finding",
    "Impact",
    "Register",
    "Verdicts",
    "impact",
    "impact_json",
    "impact_report",
    "load_mapping",
    "mapped_frames",
    "mapping_for",
    "read_mapping",
    "read_register",
    "register_template",
    "rows_of",
    "save",
    "soundness",
    "suggest_mapping",
    "tables_of",
    "totals_of",
    "verdicts",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "Finding": "_soundness",
        "Impact": "_impact",
        "Register": "register",
        "Verdicts": "_verdicts",
        "impact": "_impact",
        "impact_json": "_impact",
        "impact_report": "_impact",
        "mapped_frames": "_mapped",
        "read_mapping": "hardship_rules.language.mapping",
        "mapping_for": "hardship_rules.language.mapping",
        "load_mapping": "hardship_rules.language.mapping",
        "read_register": "register",
        "register_template": "template",
        "rows_of": "_verdicts",
        "save": "output",
        "soundness": "_soundness",
        "suggest_mapping": "suggest",
        "tables_of": "register",
        "totals_of": "output",
        "verdicts": "_verdicts",
    },
)
