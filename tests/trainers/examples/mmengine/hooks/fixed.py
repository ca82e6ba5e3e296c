optimizer = dict(type="SGD", lr=0.01)
lr_config = dict(policy="fixed", warmup="linear", warmup_iters=10)
runner = dict(type="IterBasedRunner", max_iters=40)
