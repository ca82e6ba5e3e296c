optimizer = dict(type="AdamW", lr=1e-3)
lr_config = dict(policy="LinearAnnealing", min_lr=1e-4)
runner = dict(type="IterBasedRunner", max_iters=100)
