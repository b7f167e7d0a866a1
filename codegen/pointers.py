"""JSON pointers, by which errors name a place in the document."""

from __future__ import annotations

__all__ = ["ROOT", "SCHEMAS_PLACE", "Pointer", "parts_of"]


class Pointer(str):
    """A place in the document, such as `#/paths/~1v1~1numbers/get`. `place / "name"` is a place in it."""

    __slots__ = ()

    def __truediv__(self, part: str | int) -> Pointer:
        return Pointer(f"{self}/{str(part).replace('~', '~0').replace('/', '~1')}")

    @property
    def parts(self) -> list[str]:
        """The names on the way to the place, from the top."""
        return parts_of(self)


def parts_of(pointer: str) -> list[str]:
    """The names on the way to a place, from the top."""
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


ROOT = Pointer("#")
SCHEMAS_PLACE = ROOT / "components" / "schemas"
