"""How Django writes times where no page of ours says how: in the platform admin. As the dashboard does, in UTC."""

DATE_FORMAT = "j M Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j M Y, H:i"
