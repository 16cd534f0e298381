"""What `experiments.benchmark` measures, each part a program of its own in a fresh process."""
