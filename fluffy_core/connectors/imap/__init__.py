"""Mail accounts on IMAP servers, with SMTP for the way out."""
