"""What recordings are asked beyond a verdict: people left out, electrodes, gestures."""
