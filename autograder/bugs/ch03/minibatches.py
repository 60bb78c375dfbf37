"""Wrong and right answers to minibatches."""
