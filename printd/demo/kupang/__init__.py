"""The scenario kupang-2018: an office of 340,000 obliged people through a shortage, day by day."""
