"""Bench: how fast is it, beside what DuckDB does by itself?"""
