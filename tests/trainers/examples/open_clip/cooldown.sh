python -m open_clip_train.main --train-data pairs.csv --lr 2e-3 --warmup 20 \
    --lr-scheduler const-cooldown --epochs 10 --epochs-cooldown 2 --lr-cooldown-power 2
