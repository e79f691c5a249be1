"""A stretch of local time as the forms of absences and closures ask for it: days, both included, or hours."""

from datetime import date, datetime, time, timedelta

from visits.web.forms import MISSING, Form


def span_of(form: Form) -> tuple[datetime, datetime]:
    """From `from_day` to the end of `to_day`, narrowed by `from_time` and `to_time`; what is wrong is refused."""
    first, last = form.day("from_day"), form.day("to_day", required=False)
    begin, end = _clock(form, "from_time"), _clock(form, "to_time")
    day = first or date.min
    until = last or day
    if end is not None:
        return datetime.combine(day, begin or time()), datetime.combine(until, end)
    return datetime.combine(day, begin or time()), datetime.combine(until, time()) + timedelta(days=1)


def days_of(start: datetime, end: datetime) -> tuple[date, date]:
    """The first and the last day a stretch touches."""
    return start.date(), max(start, end).date()


def _clock(form: Form, name: str) -> time | None:
    value = form.values.get(name, "")
    try:
        return time.fromisoformat(value).replace(tzinfo=None) if value else None
    except ValueError:
        form.refuse(name, MISSING)
        return None
