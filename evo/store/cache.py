"""A cache that is bounded by bytes, and forgets what was not used for longest."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class ByteCache(Generic[K, V]):
    """Up to `limit` bytes of values, as their callers size them; always the last one put in."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self.size = 0

    def get(self, key: K) -> V | None:
        """The value of `key`, now the last to be forgotten, or None."""
        found = self._held.get(key)
        if found is None:
            return None
        self._held.move_to_end(key)
        return found[0]

    def put(self, key: K, value: V, size: int) -> None:
        """Holds `value`, of `size` bytes, in place of what `key` had."""
        self.drop(key)
        self._held[key] = (value, size)
        self.size += size
        while self.size > self._limit and len(self._held) > 1:
            _, (_, freed) = self._held.popitem(last=False)
            self.size -= freed

    def drop(self, key: K) -> None:
        """Forgets `key` if it is held."""
        found = self._held.pop(key, None)
        if found is not None:
            self.size -= found[1]
