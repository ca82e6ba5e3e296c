optimizer = dict(type="AdamW", lr=1e-3)
lr_config = dict(policy="cyclic", target_ratio=(5,), gamma=1, anneal_strategy="cos")
runner = dict(type="EpochBasedRunner", max_epochs=5)
