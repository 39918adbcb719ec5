"""Changes the rules one small step at a time and asks whether any fast test notices."""
