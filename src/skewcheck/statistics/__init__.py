"""Statistics of two sides, from counts: effect sizes that know their own uncertainty."""
