"""Wrong and right answers to gradient_descent."""
