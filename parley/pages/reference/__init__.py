"""The page at `/docs`: what the desk's doors take and answer, read from their OpenAPI."""
