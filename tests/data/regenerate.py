"""Writes the golden packets anew: `python -m tests.data.regenerate`."""

from __future__ import annotations

from tests.support.golden import FOLDER, packets


def main() -> None:
    """Write every golden packet."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, data in packets().items():
        (FOLDER / name).write_bytes(data)


if __name__ == "__main__":
    main()
