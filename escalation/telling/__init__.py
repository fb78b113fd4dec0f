"""A case as its readers see it: three audiences, each with the fields of the narrower one and its own."""
