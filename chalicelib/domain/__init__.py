"""The rules of compulsory health insurance: pure, standard library only."""
