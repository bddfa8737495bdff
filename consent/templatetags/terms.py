import datetime

from django import template

from consent.domain.terms import last_moment

register = template.Library()


@register.filter
def last_day(ends_at: datetime.datetime) -> datetime.datetime:
    """A term that ends at midnight still holds on the day before: that day is what people read."""
    return last_moment(ends_at=ends_at)
