"""Reading cards back with tesseract, a program that knows nothing of ours."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from collections.abc import Callable

import pytest
from PIL import Image

INSTALL = "apt-get install -y tesseract-ocr tesseract-ocr-ind"

ReadCard = Callable[[Image.Image], str]


@pytest.fixture(scope="session")
def read_card() -> ReadCard:
    """Return a function from a picture to the text that tesseract reads on it, one line of words."""
    program = shutil.which("tesseract")
    languages = subprocess.run([program, "--list-langs"], capture_output=True, text=True).stdout if program else ""
    if program is None or "ind" not in languages.split():
        message = f"tesseract with Indonesian is not installed: {INSTALL}"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)

    def read(picture: Image.Image) -> str:
        png = io.BytesIO()
        picture.save(png, "PNG", dpi=(300, 300))
        done = subprocess.run(
            [program, "-", "-", "-l", "ind+eng", "--psm", "6"],
            input=png.getvalue(),
            capture_output=True,
            timeout=100,
            check=True,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},  # its threads only wait for each other on a small machine
        )
        return " ".join(done.stdout.decode().split())

    return read
