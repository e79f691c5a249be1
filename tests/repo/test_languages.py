"""Every text a person reads is there in every language, with the same places for its facts."""

import pytest

from visits.web.catalogues import FOREIGN, faults


@pytest.mark.parametrize("lang", FOREIGN)
def test_every_text_is_translated(lang: str) -> None:
    found = faults(lang)

    assert not found, "\n".join(found[:20])
