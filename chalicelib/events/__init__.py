"""The event Lambdas: queues and schedules."""
