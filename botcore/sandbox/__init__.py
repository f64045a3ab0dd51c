"""The sandbox as one server: a panel, its providers, and one clock for all of them."""
