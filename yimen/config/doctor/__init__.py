"""`yimen doctor`: what is wrong, in sentences, and the remedy."""
