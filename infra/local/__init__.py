"""The local cloud: everything that stands around the service on one machine."""
