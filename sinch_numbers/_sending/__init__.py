"""Sends calls: credentials, attempts, exchanges, responses. Internal."""
