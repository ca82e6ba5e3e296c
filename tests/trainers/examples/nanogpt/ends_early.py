learning_rate = 6e-4
max_iters = 400
lr_decay_iters = 300
warmup_iters = 0
min_lr = 0.0
