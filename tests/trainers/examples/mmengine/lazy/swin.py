from mmengine.config import read_base
from mmpretrain.engine import CosineAnnealingWeightDecay

with read_base():
    from .schedule import *

train_cfg.update(dict(max_epochs=100))
optim_wrapper.optimizer.lr = 2e-3
param_scheduler[0].end = 10
param_scheduler[-1].update(begin=10)
param_scheduler.append(dict(type=CosineAnnealingWeightDecay, eta_min=0.2))
param_scheduler.extend([
    dict(type='CosineAnnealingParamScheduler', param_name='weight_decay', eta_min=1),
    dict(type='MultiStepParamScheduler', param_name='lr', milestones=[90]),
])
