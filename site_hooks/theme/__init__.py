"""The MkDocs theme `lesson`: Material with this folder before it. MkDocs finds it by this file."""

import os

# Material 9.8.1 warns everyone of MkDocs 2, which the lesson's wheel does not admit.
os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")
