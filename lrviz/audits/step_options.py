"""The options that say what the steps of a log are, as messages name them."""

from __future__ import annotations

EVERY, PER_EPOCH = "--every", "--steps-per-epoch"
"""The options for a log without steps: how many are between its rows, and in an epoch."""
OTHERWISE = (
    f"choose another one with --step-column, or say with {EVERY} how many steps apart the rows are"
)
OTHER_STEPS = f"--step-column takes another, or {EVERY} says how many are between rows"
"""The same where the steps are read, and may be others."""
IN_EPOCHS = f"say with {PER_EPOCH} how many steps an epoch has, "
"""What comes before it where epochs are no whole numbers."""
