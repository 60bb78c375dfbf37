"""Wrong and right answers to newton_step."""
