"""All that the city keeps of somebody: told on a page, and taken along as one file.

Each app answers for its own part; here the parts are put together, once for machines (`machine`) and
once for people (`readable`), and packed with the files that belong to them (`archive`).
"""
