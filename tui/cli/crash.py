"""What is left of a defect of ours: a file with the details, and one sentence that names it."""

from __future__ import annotations

import os
import platform
import tempfile
import traceback
from datetime import UTC, datetime

from tui import __version__


def report(error: BaseException) -> str:
    """Write the traceback to a file only the user can read; returns the sentence for the screen.

    The file holds code lines and the error's text, never the values of variables.
    """
    text = "".join(traceback.format_exception(error))
    head = f"cardwall {__version__}, Python {platform.python_version()}, {platform.system()}, {datetime.now(UTC)}\n\n"
    sentence = f"something in cardwall failed ({type(error).__name__}); what you saved is kept"
    try:
        file, name = tempfile.mkstemp(prefix="cardwall-crash-", suffix=".txt")
        with os.fdopen(file, "w", encoding="utf-8", errors="backslashreplace") as out:
            out.write(head + text)
    except OSError:
        return f"{sentence}, and no report could be written"
    return f"{sentence}. The details are in {name}"
