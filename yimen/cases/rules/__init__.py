"""What cases decide without a database. Pure: no Django.

A package, because permissions, clocks, files and drafts together are over 400 lines.
"""
