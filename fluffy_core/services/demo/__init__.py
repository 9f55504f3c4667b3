"""The demo mailbox, made of scripts."""
