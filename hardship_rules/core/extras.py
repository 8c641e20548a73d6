"""The error for a missing library, with the extra that installs it."""


def not_installed(error: ModuleNotFoundError, extra: str) -> ModuleNotFoundError:
    """The error to raise instead, in both languages; its `name` is still the missing module."""
    needs = f"缺少 {error.name} / {error.name} is missing: pip install 'hardship-rules[{extra}]'"
    return ModuleNotFoundError(needs, name=error.name)
