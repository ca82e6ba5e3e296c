optimizer = dict(type="SGD", lr=0.01)
lr_config = dict(policy="OneCycle", max_lr=0.1)
runner = dict(type="IterBasedRunner", max_iters=40)
