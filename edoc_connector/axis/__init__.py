"""The axis as data: described once, planned for each broker, compared, drawn."""
