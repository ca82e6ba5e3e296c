"""Ways out: pictures, the terminal's chart and tables, and the exported numbers."""
