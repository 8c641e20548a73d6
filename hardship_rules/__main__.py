"""`python -m hardship_rules` and `hardship-rules`: the command line, or what to install to have it."""

import sys


def main() -> None:
    """Run the command line."""
    try:
        from hardship_rules.cli import _streams as streams  # noqa: PLC0415  # as the next
        from hardship_rules.cli import commands  # noqa: PLC0415  # what it needs may not be installed
    except ModuleNotFoundError as error:
        if error.name != "click":
            raise
        sys.exit("命令行需要 click / the command line needs click: pip install 'hardship-rules[cli]'")
    except KeyboardInterrupt:  # while that is loaded
        sys.exit(130)
    streams.run(commands, sys.argv[1:])


if __name__ == "__main__":
    main()
