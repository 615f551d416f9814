"""How a packet departs from the form we write, so that people see who does it."""
