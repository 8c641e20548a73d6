"""A library that an extra brings is missing: the error says which extra installs it."""


def not_installed(error: ModuleNotFoundError, extra: str) -> ModuleNotFoundError:
    """What to raise in place of an error, in both languages; `name` stays the module that is missing."""
    needs = f"缺少 {error.name} / {error.name} is missing: pip install 'hardship-rules[{extra}]'"
    return ModuleNotFoundError(needs, name=error.name)
