"""What a person or a timer asks for, one module each; orchestration only."""
