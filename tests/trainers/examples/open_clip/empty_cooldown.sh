python -m training.main --lr 4e-4 --warmup 0 --epochs 2 --lr-scheduler const-cooldown --epochs-cooldown 0
