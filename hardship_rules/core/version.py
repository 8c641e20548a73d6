"""The version of the library, as records of its verdicts name it."""

__version__ = "0.2.0"
