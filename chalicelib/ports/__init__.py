"""What the core needs from outside: Protocols and their errors."""
