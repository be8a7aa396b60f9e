"""The commands of those who work on the lesson: set-up, tasks, and the proof of its exercises."""
