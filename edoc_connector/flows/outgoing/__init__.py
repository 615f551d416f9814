"""DMS -> axis: taken, sealed, published until the broker has confirmed."""
