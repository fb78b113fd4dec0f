"""What reads the account, does what a plan says, and keeps how each part was left."""
