optimizer = dict(type="SGD", lr=0.1)
lr_config = dict(policy="inv", gamma=0.1, power=0.75)
runner = dict(type="IterBasedRunner", max_iters=50)
