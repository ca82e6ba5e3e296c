optimizer = dict(type="SGD", lr=0.02)
lr_config = dict(policy="step", warmup="exp", warmup_iters=50, warmup_ratio=0.001, step=[8, 11])
total_epochs = 12
data = dict(samples_per_gpu=2)
