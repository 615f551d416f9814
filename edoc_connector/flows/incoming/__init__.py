"""Axis -> DMS: accepted durably, judged, delivered; or set aside for a person."""
