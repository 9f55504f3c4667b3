"""Where mail comes from: files now, servers later. The only package that may open sockets."""
