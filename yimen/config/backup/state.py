"""When an installation was saved last, kept in its data folder for who looks after it."""

import json
import os
from datetime import datetime
from pathlib import Path

RECIPIENT = "backup-recipient"  # in the data folder: for whom backups are encrypted
STATE = "backup-state.json"


def note_saved(data_folder: Path, folder: Path, until: datetime) -> None:
    """Write down up to which moment everything is saved, and where."""
    path = data_folder / STATE
    beside = path.with_suffix(f".{os.getpid()}")
    said = {"folder": str(folder), "until": until.isoformat()}
    beside.write_text(json.dumps(said), encoding="utf-8")
    beside.replace(path)


def saved_until(data_folder: Path) -> datetime | None:
    """Return the last moment that a backup knows, None when there is none."""
    try:
        said = json.loads((data_folder / STATE).read_text(encoding="utf-8"))
        return datetime.fromisoformat(said["until"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
