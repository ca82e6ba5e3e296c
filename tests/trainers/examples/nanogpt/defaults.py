max_iters = 600000
lr_decay_iters = 600000
