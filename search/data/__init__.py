"""What a search knows beside the index."""
