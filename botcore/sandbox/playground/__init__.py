"""The Sandbox page: a tenant of its own behind each tenant, where chats are played and nothing reaches WhatsApp.

shadow.py makes it and keeps it like its owner's; say.py sends a message as somebody in it; chats.py reads what was
said, trace.py tells how a message was handled.
"""
