optimizer = dict(type="SGD", lr=0.1)
lr_config = dict(policy="exp", gamma=0.9)
runner = dict(type="EpochBasedRunner", max_epochs=6)
