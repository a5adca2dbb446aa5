"""A city's folder into frozen dataclasses, with every error of the folder at once."""

from yimen.catalogue.loader.check import Checked, check_folder
from yimen.catalogue.loader.folder import read_folder
from yimen.catalogue.loader.interface import missing_texts, texts_to_translate
from yimen.catalogue.loader.load import (
    files_of_service,
    load_files,
    load_folder,
    load_process,
    load_release,
    load_service,
)

__all__ = [
    "Checked",
    "check_folder",
    "files_of_service",
    "load_files",
    "load_folder",
    "load_process",
    "load_release",
    "load_service",
    "missing_texts",
    "read_folder",
    "texts_to_translate",
]
