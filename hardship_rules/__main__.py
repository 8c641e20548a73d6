"""`python -m hardship_rules` and `hardship-rules`: the command line, or the extra to install for it."""

import sys


def main() -> None:
    """Run the command line."""
    try:
        from hardship_rules.cli import _streams as streams  # noqa: PLC0415  # as `commands`
        from hardship_rules.cli import commands  # noqa: PLC0415  # click may not be installed
    except ModuleNotFoundError as error:
        if error.name != "click":
            raise
        sys.exit("命令行需要 click / the command line needs click: pip install 'hardship-rules[cli]'")
    except KeyboardInterrupt:  # during the import
        sys.exit(130)
    streams.run(commands, sys.argv[1:])


if __name__ == "__main__":
    main()
