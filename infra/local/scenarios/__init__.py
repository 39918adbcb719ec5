"""Demonstration scenarios: each walks one kind of people to the end, on the running local stack."""
