"""How well a library finds and answers a file of questions, and whether one run is better than another."""
