"""Candidates × annotators: votes, usage and gold of a past run, in and out of files."""

from stepladder.recording.contents import Contents, look_into
from stepladder.recording.recorded_row import RecordedRow
from stepladder.recording.recording import Recording
from stepladder.recording.writing import RecordingWriter

__all__ = ["Contents", "RecordedRow", "Recording", "RecordingWriter", "look_into"]
