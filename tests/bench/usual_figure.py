import numpy as np
from matplotlib.figure import Figure

steps = np.arange(100)
figure = Figure(figsize=(8, 4.5), dpi=150)
axes = figure.add_subplot()
axes.plot(steps, 0.1 * (1 + np.cos(np.pi * steps / 100)) / 2)
axes.set_xlabel("step")
axes.set_ylabel("learning rate")
figure.savefig("usual.png")
