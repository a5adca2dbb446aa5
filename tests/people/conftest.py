"""What the tests of this folder stand on."""

import sys
from pathlib import Path

from applied_city import _applied, city

sys.path.append(str(Path(__file__).resolve().parents[1] / "accounts"))

__all__ = ["_applied", "city"]
