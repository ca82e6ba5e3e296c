optimizer = dict(type="SGD", lr=0.1)
lr_config = dict(
    policy="StepLrUpdaterHook",
    step=3,
    gamma=0.2,
    min_lr=0.003,
    warmup="constant",
    warmup_iters=2,
    warmup_ratio=0.5,
    warmup_by_epoch=True,
)
runner = dict(type="EpochBasedRunner", max_epochs=10)
