optimizer = dict(type="SGD", lr=0.01)
lr_config = dict(policy="cyclic", anneal_strategy="linear", gamma=0.5)
runner = dict(type="IterBasedRunner", max_iters=40)
