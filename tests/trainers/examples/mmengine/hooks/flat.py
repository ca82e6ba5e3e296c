optimizer = dict(type="AdamW", lr=1e-3)
lr_config = dict(policy="FlatCosineAnnealing", start_percent=0.5, min_lr=1e-5)
runner = dict(type="EpochBasedRunner", max_epochs=8)
