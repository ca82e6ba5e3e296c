optimizer = dict(type="AdamW", lr=1e-3)
lr_config = dict(
    policy="CosineAnnealing", by_epoch=False, min_lr_ratio=1e-2, warmup="linear", warmup_iters=5
)
runner = dict(type="EpochBasedRunner", max_epochs=4)
