"""The process itself: pure, standard library only."""
