optimizer = dict(type="SGD", lr=0.01)
lr_config = dict(policy="step", step=[8], by_epoch=True)
runner = dict(type="IterBasedRunner", max_iters=40)
