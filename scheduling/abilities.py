"""What somebody is able to do, as bits: the office's own skills, and above them the languages spoken (pure)."""

#: Skills have the bits below, languages this one and those above; together they fill a bigint without its sign.
FIRST_LANGUAGE = 48
LANGUAGES = (1 << 63) - (1 << FIRST_LANGUAGE)


def lacking(has: int, asked: int) -> str | None:
    """What keeps somebody away: « skills », or « language » where nothing but that is missing; None if nothing is."""
    missing = asked & ~has
    if not missing:
        return None
    return "skills" if missing & ~LANGUAGES else "language"
