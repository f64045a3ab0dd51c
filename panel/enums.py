"""The words of panels."""

from smmbot.lib.order_status import FINAL_STATUSES as FINAL_STATUSES
from smmbot.lib.order_status import OrderStatus as OrderStatus
from smmbot.lib.order_status import is_final_status as is_final_status
from smmbot.lib.order_status import read_status as read_status
from smmbot.lib.order_status import status_label as status_label
