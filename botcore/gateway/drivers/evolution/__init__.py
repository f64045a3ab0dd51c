"""Evolution API v2, 2.3.5 to 2.4: an HTTP server around Baileys. Its sessions are called instances.

Measured on 2.3.6 and 2.3.7, read for the others (EvolutionAPI/evolution-api). 2.3.7 is the last release that needs no
activation. What it cannot do: link accounts that ask for a passkey, and tell of groups that are renamed.
"""

from botcore.gateway.drivers.evolution.driver import EvolutionDriver

__all__ = ["EvolutionDriver"]
