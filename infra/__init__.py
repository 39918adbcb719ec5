"""Infrastructure: the resources on AWS and the local cloud."""
