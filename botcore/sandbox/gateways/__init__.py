"""A WhatsApp to play with, and servers before it that answer as real gateways do, over real HTTP."""
