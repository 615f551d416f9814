"""Whether two partners know the same of a day, and who looks at the difference."""
