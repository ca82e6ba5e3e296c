optimizer = dict(type="AdamW", lr=6e-5, weight_decay=0.01)
lr_config = dict(
    policy="poly",
    warmup="linear",
    warmup_iters=20,
    warmup_ratio=1e-6,
    power=0.9,
    min_lr=1e-6,
)
runner = dict(type="IterBasedRunner", max_iters=200)
