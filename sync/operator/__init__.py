"""What a person asks of the desk by hand."""
