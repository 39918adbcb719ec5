"""API Gateway on one machine: HTTP requests become REST (v1) proxy events for the Chalice app."""
