python -m training.main --lr 5e-4 --skip-scheduler --warmup 0
