"""What a deployment chooses: the policy's numbers and names, business time, and the texts."""
