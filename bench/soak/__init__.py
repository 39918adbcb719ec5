"""`make soak`: people who apply at the same time on the whole local service, and what became of each of them."""
