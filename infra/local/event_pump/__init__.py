"""Event sources on one machine: queues and schedules call the very handlers that Lambda runs."""
