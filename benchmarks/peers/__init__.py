"""Other ways to label within a budget, in plain numpy: what a tuned ladder has to beat."""
