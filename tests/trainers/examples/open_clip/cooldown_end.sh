python -m training.main --train-data pairs.csv --lr 2e-3 --warmup 1 --workers 1 \
    --lr-scheduler const-cooldown --epochs 10 --epochs-cooldown 5 --lr-cooldown-end 1e-3 --accum-freq 2
