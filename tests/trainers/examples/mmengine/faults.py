optim_wrapper = dict(optimizer=dict(type='SGD', lr=get_lr()))
param_scheduler = [
    dict(type='LinearLr', end=5),
    dict(type='ReduceOnPlateauLR', monitor='loss'),
    dict(type='StepLR', step_size=len(names)),
]
train_cfg = dict(max_epochs=10)
