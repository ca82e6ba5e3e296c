optim_wrapper = dict(
    optimizer=dict(type='SGD', lr=0.1),
    paramwise_cfg=dict(
        bias_lr_mult=2.0,
        decay_rate=0.9,
        custom_keys={
            'backbone': dict(lr_mult=0.1, decay_mult=1.0),
            'norm': dict(decay_mult=0.0),
            'frozen': dict(lr_mult=0),
        },
    ),
)
param_scheduler = dict(type='CosineAnnealingLR', by_epoch=True, T_max=100, eta_min=0.01)
train_cfg = dict(by_epoch=True, max_epochs=100)
