"""Documents as PDF."""

from __future__ import annotations

import io

from reportlab.pdfgen.canvas import Canvas

from printd.reports.document import Document


def render(document: Document, office: str) -> bytes:
    """Return the PDF of a document.

    :param office: its name, on every page.
    """
    page = io.BytesIO()
    canvas = Canvas(page)
    canvas.drawString(72, 770, office)
    canvas.drawString(72, 750, document.title)
    canvas.save()
    return page.getvalue()
