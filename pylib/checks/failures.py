"""What checks raise: assertion errors whose message is meant to be read by the learner."""


class CheckError(AssertionError):
    """An answer is wrong; the message says how."""


class ValuesDifferError(CheckError):
    """An entry has another value than it should have.

    Attributes:
        index: The index of the first entry that differs; () for a single number.
        got: Its value.
        want: The value that it should have.
    """

    def __init__(self, message: str, index: tuple[int, ...], got: float, want: float) -> None:
        super().__init__(message)
        self.index, self.got, self.want = index, got, want


class KnownMistakeError(CheckError):
    """A mistake that has a name, such as a sum in the place of a mean."""
