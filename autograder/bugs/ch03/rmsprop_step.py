"""Wrong and right answers to rmsprop_step."""
