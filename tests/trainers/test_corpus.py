"""Every file of a corpus, a folder with an `index.csv`, has the format that the index names.

The columns of the index that are used are `file` and `format`.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from tests.corpus_report import line_of

CORPUS = Path(os.environ["LRVIZ_CORPUS"])
NAMES = {"llmfoundry": "composer"}
"""Formats that the index calls by another name."""
WITHOUT_CURVE = ("follows a metric", "auto", "needs")
"""What an error says of a file that has no curve without a flag."""

with (CORPUS / "index.csv").open(encoding="utf-8", newline="") as index:
    ROWS = list(csv.DictReader(index))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["file"]))
def test_file_of_the_corpus(row: dict[str, str]) -> None:
    line = line_of(CORPUS / row["file"])
    if line.error:
        assert any(text in line.error for text in WITHOUT_CURVE), line.error
    else:
        assert line.format == NAMES.get(row["format"], row["format"])
