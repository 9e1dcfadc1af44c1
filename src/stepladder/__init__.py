"""stepladder labels data with many annotators of different price and skill, inside a budget."""
