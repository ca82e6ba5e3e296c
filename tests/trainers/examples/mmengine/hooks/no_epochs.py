optimizer = dict(type="SGD", lr=0.01)
lr_config = dict(policy="step", step=[8, 11])
