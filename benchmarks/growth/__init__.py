"""What the clock costs with ten thousand sources."""
