"""Printed documents and their verification."""
