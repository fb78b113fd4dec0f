"""A small HTML page for a person who comes to a stand-in with a browser."""

from sandbox.shared.http import ApiReply


def plain_page(status: int, title: str, body: str) -> ApiReply:
    """Return the page; `title` and `body` are HTML."""
    page = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" '
        'content="light dark"><style>body { font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; '
        "margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere } "
        "ul { list-style: none; padding: 0 } button { font: inherit; "
        "min-height: 2.75rem; margin: .25rem 0; padding: .25rem 1rem; max-width: 100% }</style></head>"
        f"<body><main>{body}</main></body></html>"
    )
    return ApiReply(status, page, {"Cache-Control": "no-store", "X-Frame-Options": "DENY"})
