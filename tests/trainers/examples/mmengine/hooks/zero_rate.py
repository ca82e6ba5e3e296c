optimizer = dict(type="Adam", lr=0.0)
lr_config = dict(policy="poly", power=0.9, min_lr=1e-6)
total_iters = 100
