"""What the stand-in account holds, and in which words it says so."""
