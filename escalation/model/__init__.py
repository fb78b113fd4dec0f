"""The values of the process: a case, what happens to it, what it asks of the world, and which kinds there are."""
