"""The simulator of the registers' gateway: rules, state and HTTP."""
