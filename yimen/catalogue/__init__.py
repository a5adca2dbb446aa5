"""Reads a city's folder of declarations and keeps its applied releases."""
