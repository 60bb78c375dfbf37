"""Wrong and right answers to momentum_step."""
