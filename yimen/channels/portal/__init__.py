"""What residents see: services, forms, status, mailbox, sign-in."""
