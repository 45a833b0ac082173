"""Card artwork: a layout profile, the values of one record and two pictures become one raster per side."""
