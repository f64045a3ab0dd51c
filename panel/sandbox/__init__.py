"""The fake PerfectPanel: the product's own panel to play with, over real HTTP."""
