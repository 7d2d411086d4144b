"""What is said to those who wait in a queue, and to the agents who take them, in five languages."""
