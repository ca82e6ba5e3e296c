import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import torch

weights = torch.nn.Parameter(torch.zeros(1))
optimizer = torch.optim.SGD([weights], lr=0.1)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=100)
rates = []
for _ in range(100):
    rates.append(optimizer.param_groups[0]["lr"])
    optimizer.step()
    scheduler.step()
plt.figure(figsize=(8, 4.5), dpi=150)
plt.plot(rates)
plt.savefig("usual.png")
