"""The lesson on paper: pages of a build, joined, and printed by Chromium with page numbers."""
