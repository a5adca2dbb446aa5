"""What became of an application: where it is, what is asked, the mailbox, all matters of one's own."""
