"""`python -m hardship_rules` and `hardship-rules`: the command line, or what to install to have it."""

import sys
from io import TextIOWrapper


def main() -> None:
    """Run the command line."""
    try:
        from hardship_rules.cli import commands  # noqa: PLC0415  # what it needs may not be installed
    except ModuleNotFoundError as error:
        if error.name != "click":
            raise
        sys.exit("命令行需要 click / the command line needs click: pip install 'hardship-rules[cli]'")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a console that cannot print a character prints its code
    commands()


if __name__ == "__main__":
    main()
