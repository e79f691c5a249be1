"""What a page says, and the one-time link it shows."""

import re
from urllib.parse import urlsplit

import httpx


def said(answer: httpx.Response) -> str:
    """The text of a page, without tags and French spaces."""
    text = re.sub(r"<[^>]+>", " ", answer.text).replace("\u00a0", " ").replace("\u202f", " ").replace("&#39;", "'")
    return re.sub(r"\s+", " ", text)


def link_of(answer: httpx.Response) -> str:
    """The one-time link a page shows."""
    found = re.search(r'value="(http[^"]*/invitation/[^"]+)"', answer.text)
    assert found, said(answer)
    return urlsplit(found[1]).path
