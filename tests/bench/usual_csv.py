import numpy as np

steps = np.arange(1_000_000)
cosine = 0.1 * (1 + np.cos(np.pi * steps / 1_000_000)) / 2
exponential = 0.1 * 0.999999 ** steps.astype(float)
linear = 0.1 * (1 / 3 + 2 / 3 * steps / 1_000_000)
table = np.column_stack([steps, cosine, exponential, linear])
np.savetxt("usual.csv", table, delimiter=",", fmt=["%d", "%.17g", "%.17g", "%.17g"])
