"""The local OpenID provider: persons, tokens, grants, pages and HTTP."""
