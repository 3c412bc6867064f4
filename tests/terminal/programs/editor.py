"""A person's editor that writes `edited` for the word `typed`, and gives up where that word is not."""

import sys
from pathlib import Path

file = Path(sys.argv[-1])
text = file.read_text("utf-8")
file.write_text(text.replace("typed", "edited"), "utf-8")
sys.exit("typed" not in text)
