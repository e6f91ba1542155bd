"""What skewcheck is measured with; nothing here is installed."""
