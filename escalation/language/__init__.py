"""Reading what people wrote: whose words they are, which are quoted, and what they name."""
