"""Where somebody goes on after they signed in, or gave their password again: `?next=`, never another site."""

from urllib.parse import quote, urlsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

PARAM = "next"


def wanted(request: HttpRequest, *, default: str) -> str:
    """The page asked for, if it is one of ours."""
    given = request.POST.get(PARAM) or request.GET.get(PARAM) or ""
    return given if _is_ours(given) else default


def here(request: HttpRequest) -> str:
    """The page the person looks at. An act is not repeated by a redirect, nor is a fragment a page: both lead back to
    the page they were on, empty when the browser does not say which."""
    if request.method in ("GET", "HEAD") and not request.headers.get("HX-Request"):
        return request.get_full_path()
    page = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer") or "")
    path = f"{page.path}?{page.query}" if page.query else page.path
    return path if page.netloc == request.get_host() and _is_ours(path) else ""


def with_next(url: str, page: str) -> str:
    return f"{url}?{PARAM}={quote(page)}" if page else url


def _is_ours(url: str) -> bool:
    """A path alone: what names a host is somebody else's, even if it looks like ours."""
    return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
