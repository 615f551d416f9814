"""What was found of a seal: kept, judged again, and believed for how long."""
