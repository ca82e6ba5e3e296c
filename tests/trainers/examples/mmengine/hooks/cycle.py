optimizer = dict(type="AdamW", lr=1e-3)
lr_config = dict(policy="cyclic", target_ratio=(10, 1e-4), cyclic_times=2, step_ratio_up=0.4)
runner = dict(type="IterBasedRunner", max_iters=100)
