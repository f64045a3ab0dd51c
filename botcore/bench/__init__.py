"""The measures of `manage.py bench`: the product's own processes on this machine, compared with one another."""
