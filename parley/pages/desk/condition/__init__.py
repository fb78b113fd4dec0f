"""How the desk is, and how its account is: the pages health and account, made from what the store keeps."""
