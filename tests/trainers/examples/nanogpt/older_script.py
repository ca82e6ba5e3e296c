learning_rate = 5e-4
max_iters = 1000
warmup_iters = 50
lr_decay_iters = max_iters
min_lr = 0.0


def get_lr(it):
    if it < warmup_iters:
        return learning_rate * it / warmup_iters
