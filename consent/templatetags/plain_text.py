from itertools import groupby

from django import template
from django.template.defaultfilters import urlize
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()
BULLET, BREAK = "- ", SafeString("<br>")


@register.filter
def in_paragraphs(text: str) -> SafeString:
    """Write plain text as people mean it: an empty line ends a paragraph, lines with a dash are a list."""
    blocks = text.replace("\r\n", "\n").strip().split("\n\n")
    return format_html_join("\n", "{}", ((_block(block),) for block in blocks if block.strip()))


def _block(block: str) -> SafeString:
    runs = groupby(block.strip().split("\n"), key=lambda line: line.startswith(BULLET))
    return format_html_join(
        "\n", "{}", ((_list(list(run)) if is_list else _paragraph(list(run)),) for is_list, run in runs)
    )


def _list(lines: list[str]) -> SafeString:
    items = ((urlize(line.removeprefix(BULLET)),) for line in lines)
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", items))


def _paragraph(lines: list[str]) -> SafeString:
    joined = format_html_join(BREAK, "{}", ((urlize(line),) for line in lines))
    return format_html("<p>{}</p>", joined)
