"""How an account proves who it is, and where its servers are."""
