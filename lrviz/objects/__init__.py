"""A user's own objects as curves: schedulers, schedules, functions, sequences of rates."""
