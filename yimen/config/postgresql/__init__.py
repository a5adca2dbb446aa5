"""PostgreSQL for Django, with a cheaper way to see that a connection has died."""
