python -m training.main --lr 4e-4 --warmup 2 --epochs 1
