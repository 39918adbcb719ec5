"""Sheets: CSV and XLSX in, XLSX out."""
