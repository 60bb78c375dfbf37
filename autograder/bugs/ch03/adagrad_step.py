"""Wrong and right answers to adagrad_step."""
