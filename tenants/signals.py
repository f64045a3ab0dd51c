"""What happens to a tenant's people, for the areas above: botcore sends the words to WhatsApp."""

from django.dispatch import Signal

# code: the digits, otp: the row. Sent once the row is committed; whoever hears it brings the code to the phone.
otp_issued = Signal()
# A phone with an account asked to sign up: tell it there, not on the page. phone: E.164.
signup_refused = Signal()
# user, tenant, password: a password we made, to be changed at the first sign-in.
credentials_issued = Signal()
# tenant: it is deleted next; whoever holds something of it elsewhere lets go of it now. Must not raise.
tenant_closing = Signal()
