"""What all of the desk's parts need: names, the codec, and the shapes of the connectors."""
