"""Documents for people: PDF pages, codes on them, and the lists of their statuses."""
