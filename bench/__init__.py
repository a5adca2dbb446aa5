"""What is measured, beside what: `python -m bench.NAME` runs one, `make bench` all of them."""
