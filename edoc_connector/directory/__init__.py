"""Who is who: the bodies behind the codes, how long, and who came after them."""
