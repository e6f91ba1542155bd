"""Plants known mistakes in real tables and counts how often ``skewcheck`` names the right cause."""
