"""Wrong and right answers to logistic_nll."""
