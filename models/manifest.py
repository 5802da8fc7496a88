"""`manifest.json`, which the exporters of all models share: each writes its own entry and keeps the others'."""

import hashlib
import json
from pathlib import Path

MODELS = Path(__file__).resolve().parent
MANIFEST = MODELS / "manifest.json"


def file_entry(path: Path) -> dict:
    return {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def write_json(path: Path, value: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2) + "\n")


def put_model(name: str, entry: dict) -> None:
    """Adds the model to the manifest, or puts the entry in the place of its older one."""
    models = json.loads(MANIFEST.read_text())["models"] if MANIFEST.exists() else {}
    write_json(MANIFEST, {"version": 1, "models": {**models, name: entry}})
