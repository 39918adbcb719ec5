"""Electronic signatures of people: the message, its certificates, and both together."""
