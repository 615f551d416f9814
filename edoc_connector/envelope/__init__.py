"""Document <-> edXML, and nothing else touches XML.  Pure."""
