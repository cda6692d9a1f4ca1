"""Measure extraction on real pages with known truth: text, metadata, CPU, memory, beside Trafilatura and peers."""
