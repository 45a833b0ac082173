"""What people read, in their language: one catalogue of words, and how numbers, money and dates are written."""
