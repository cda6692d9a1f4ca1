"""What the daemon counts and measures, served to Prometheus."""
