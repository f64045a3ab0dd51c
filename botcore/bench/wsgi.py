"""The web process of the bench: the product's, settings and middleware and all, with one address more."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
settings.ROOT_URLCONF = "botcore.bench.urls"
