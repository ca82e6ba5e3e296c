from mmengine.optim import CosineAnnealingLR, LinearLR

max_epochs = 3
warmup_ratio = 0.03
optim_wrapper = dict(optimizer=dict(type="AdamW", lr=2e-4))
param_scheduler = [
    dict(
        type=LinearLR,
        start_factor=1e-5,
        by_epoch=True,
        begin=0,
        end=warmup_ratio * max_epochs,
        convert_to_iter_based=True,
    ),
    dict(
        type=CosineAnnealingLR,
        eta_min=0.0,
        by_epoch=True,
        begin=warmup_ratio * max_epochs,
        end=max_epochs,
        convert_to_iter_based=True,
    ),
]
train_cfg = dict(type="TrainLoop", max_epochs=max_epochs)
