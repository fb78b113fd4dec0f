"""Comment texts: Markdown to HTML, HTML to plain text, and placeholders in double braces."""

import html
import re
from collections.abc import Mapping

_TAG = re.compile(r"<[^>]+>")
_BREAK = re.compile(r"<(?:br\s*/?|/p|/div|/li)>", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\{\{\s*([\w.]+)\s*(?:\|[^}]*)?\}\}")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!>~|])")
_MARKDOWN = (
    (re.compile(r"!\[([^\]]*)\]\((\S+?)\)"), r'<img src="\2" alt="\1">'),
    (re.compile(r"\[([^\]]+)\]\((\S+?)\)"), r'<a href="\2">\1</a>'),
    (re.compile(r"\*\*(.+?)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"(?<![\w*])\*([^*\n]+)\*(?![\w*])"), r"<em>\1</em>"),
    (re.compile(r"(?<!\w)_([^_\n]+)_(?!\w)"), r"<em>\1</em>"),
    (re.compile(r"(?m)^#{1,6} (.+)$"), r"<h2>\1</h2>"),
)


def html_from_body(body: str) -> str:
    """A comment's `body` is read as Markdown; raw HTML in it is shown, not obeyed."""
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(html.escape(match.group(1), quote=False))
        return f"\x00{len(kept) - 1}\x00"

    text = html.escape(_ESCAPED.sub(keep, body.replace("\x00", "")), quote=False)
    for pattern, replacement in _MARKDOWN:
        text = pattern.sub(replacement, text)
    text = re.sub("\x00(\\d+)\x00", lambda match: kept[int(match.group(1))], text)
    paragraphs = "".join(f"<p>{part}</p>" for part in re.split(r"\n{2,}", text.strip()))
    return f'<div class="zd-comment" dir="auto">{paragraphs.replace(chr(10), "<br>")}</div>'


def plain_from_html(markup: str) -> str:
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", markup))).strip()


def render(text: str, values: Mapping[str, str]) -> str:
    """Fill in placeholders; one that is not known becomes nothing, as in Zendesk."""
    if "{{" not in text:
        return text
    return _PLACEHOLDER.sub(lambda match: values.get(match.group(1), ""), text)
