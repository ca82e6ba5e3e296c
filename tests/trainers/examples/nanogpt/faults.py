learning_rate = get_rate()
max_iters = "many"
decay_lr = 2
