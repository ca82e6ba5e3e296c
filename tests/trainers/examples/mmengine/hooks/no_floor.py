optimizer = dict(type="SGD", lr=0.01)
lr_config = dict(policy="CosineAnnealing")
runner = dict(type="IterBasedRunner", max_iters=40)
