"""`python -m yimen.config` is the `yimen` command, for processes that start their own kind."""

from yimen.config.commands import main

main()
