"""Common mistakes in stepping a schedule, each as a transform of the planned curve."""
