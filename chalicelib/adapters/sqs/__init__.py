"""Messages in SQS."""
