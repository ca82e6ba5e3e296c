optimizer = dict(type="Adam", lr=2e-4)
lr_config = dict(
    policy="CosineRestart", periods=[20, 40, 40], restart_weights=[1, 0.5, 0.25], min_lr=1e-7
)
total_iters = 100
