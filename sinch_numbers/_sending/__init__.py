"""One call on the wire: credentials, attempts, exchanges, responses. Internal."""
