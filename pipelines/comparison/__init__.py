"""Comparisons between areas, between periods and against trends, made once and read by every surface."""
