"""Label Studio: the labelling form, what goes into it and comes out of it, the connection, a local server."""
