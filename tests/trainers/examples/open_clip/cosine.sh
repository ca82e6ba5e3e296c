torchrun --nproc_per_node 8 -m open_clip_train.main \
    --train-data '/data/pairs' --dataset-type webdataset \
    --train-num-samples 100000 --batch-size 100 --workers 6 \
    --lr "1e-3" --warmup 50 --epochs 2
