# train a miniature character-level model
import time

out_dir = "out-shakespeare-char"
eval_interval = 250
eval_iters = 200
wandb_run_name = "mini-" + str(time.time())
gradient_accumulation_steps = 5 * 8
learning_rate = 1e-3
max_iters = 5_000
lr_decay_iters: int = max_iters
min_lr = learning_rate / 10
warmup_iters = 100
