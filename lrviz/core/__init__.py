"""What a schedule is: its parameters, segments, roles, findings, and the register of all."""
