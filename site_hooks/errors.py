"""The one error that ends a build; hooks.py hands its words to the builder."""


class BuildError(Exception):
    """The site cannot be built as it is; the message says what is wrong and how to mend it."""
