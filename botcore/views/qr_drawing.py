"""QR codes as pages show them."""

from base64 import b64encode

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from botcore.domain.link_slips import KeptQr


def draw(code: KeptQr) -> SafeString:
    """An SVG without styles, dark on white in both themes, because phones want it so; or what a gateway has drawn that
    gives no text."""
    if not code.text:
        png = b64encode(code.png).decode()
        return format_html('<img class="qr-code" src="data:image/png;base64,{}" alt="">', png)
    drawn = segno.make_qr(code.text, error="l").svg_inline(
        omitsize=True, border=4, light="#fff", svgclass="qr-code"
    )
    return mark_safe(drawn)  # noqa: S308 -- drawn here, of squares
