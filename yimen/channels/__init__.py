"""The doors: portal, desk, paper, API. A channel has no tables."""
