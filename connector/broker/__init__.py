"""The queue, on every broker that Kombu knows."""
