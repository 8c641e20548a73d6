"""The libraries of data frames, for the modules that a host may import first."""

from hardship_rules.core.extras import not_installed

try:
    import narwhals as nw
    import polars as pl
except ModuleNotFoundError as error:
    raise not_installed(error, "frames") from None

__all__ = ["nw", "pl"]
