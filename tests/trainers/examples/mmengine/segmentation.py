optimizer = dict(type='SGD', lr=0.01, momentum=0.9)
optim_wrapper = dict(type='OptimWrapper', optimizer=optimizer, clip_grad=None)
param_scheduler = [
    dict(type='PolyLR', eta_min=1e-4, power=0.9, begin=0, end=200, by_epoch=False),
    dict(type='CosineAnnealingMomentum', T_max=5),
]
train_cfg = dict(type='IterBasedTrainLoop', max_iters=200, val_interval=20)
