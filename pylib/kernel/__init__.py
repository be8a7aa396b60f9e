"""Runs cells in the page, at build and in tests; the lesson's library never imports it."""
