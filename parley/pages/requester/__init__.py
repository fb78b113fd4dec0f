"""The page of a case for its requester, at an address that they alone were given."""
