optimizer = dict(type="SGD", lr=0.01)
lr_config = dict(policy="step", step=[8000], by_epoch=False)
runner = dict(type="EpochBasedRunner", max_epochs=40)
