learning_rate = 3e-5
max_iters = 20
min_lr = 1e-6
decay_lr = False
