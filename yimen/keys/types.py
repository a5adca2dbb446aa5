"""Small types of the keys."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature with the names of its key and its algorithm, so that others can be added."""

    key_id: str
    algorithm: str
    value: bytes

    @property
    def purpose(self) -> str:
        """What the key was made for; a key signs for one purpose only."""
        return self.key_id.rpartition("-")[0]
