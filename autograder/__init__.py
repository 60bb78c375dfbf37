"""What the instructor runs: build, prove, class, release. Nothing in it reaches a learner."""
