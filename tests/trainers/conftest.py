"""The walk over a corpus of real configs is collected where LRVIZ_CORPUS names its folder."""

import os

collect_ignore = [] if os.environ.get("LRVIZ_CORPUS") else ["test_corpus.py"]
