"""From an older Yimen to this one."""
