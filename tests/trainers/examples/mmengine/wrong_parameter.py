optim_wrapper = dict(optimizer=dict(type='SGD', lr=0.1))
param_scheduler = dict(type='StepLR', step_size=3, gama=0.5)
train_cfg = dict(max_epochs=10)
