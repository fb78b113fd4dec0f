"""Whether a request may be escalated: the rules, their facts, and the reasons a worker gives."""
