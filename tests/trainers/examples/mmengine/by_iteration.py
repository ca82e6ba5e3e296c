optim_wrapper = dict(optimizer=dict(lr=0.01))
train_cfg = dict(max_epochs=4)
param_scheduler = dict(type='CosineAnnealingLR', by_epoch=False)
