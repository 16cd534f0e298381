"""What is measured on recordings beyond a verdict: people left out, electrodes, gestures."""
