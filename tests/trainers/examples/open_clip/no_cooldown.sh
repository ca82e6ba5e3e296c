python -m training.main --lr 5e-4 --lr-scheduler const-cooldown --warmup 0
