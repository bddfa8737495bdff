from django.http import HttpResponse

# The mail is a guest: it runs nothing, loads nothing, and its links open outside the frame.
RULES = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)


def show(*, html: str) -> HttpResponse:
    head, mark, rest = html.partition("<head>")
    opened = f'{head}{mark}<base target="_blank">{rest}' if mark else f'<base target="_blank">{html}'
    response = HttpResponse(opened)
    response["Content-Security-Policy"] = RULES
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response
