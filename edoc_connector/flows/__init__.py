"""The verbs: each moves a document one step and can be repeated."""
