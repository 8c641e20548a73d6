"""Files of many households: csv, parquet and workbooks read by a mapping, judged, and written with their problems.

Extra `register`. Nothing of a person is in a report unless `show_values` asks for it.
"""

from typing import TYPE_CHECKING

from hardship_rules.core.lazy import lazy

if TYPE_CHECKING:
    from hardship_rules.registers._impact import Impact, impact, impact_json, impact_report
    from hardship_rules.registers._mapped import mapped_frames
    from hardship_rules.registers._soundness import Finding, soundness
    from hardship_rules.registers.output import save, totals_of
    from hardship_rules.registers.register import Register, read_register, tables_of
    from hardship_rules.registers.suggest import suggest_mapping
    from hardship_rules.registers.template import register_template
    from hardship_rules.registers.verdicts import Verdicts, verdicts

__all__ = [
    "Finding",
    "Impact",
    "Register",
    "Verdicts",
    "impact",
    "impact_json",
    "impact_report",
    "mapped_frames",
    "read_register",
    "register_template",
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
        "Verdicts": "verdicts",
        "impact": "_impact",
        "impact_json": "_impact",
        "impact_report": "_impact",
        "mapped_frames": "_mapped",
        "read_register": "register",
        "register_template": "template",
        "save": "output",
        "soundness": "_soundness",
        "suggest_mapping": "suggest",
        "tables_of": "register",
        "totals_of": "output",
        "verdicts": "verdicts",
    },
)
