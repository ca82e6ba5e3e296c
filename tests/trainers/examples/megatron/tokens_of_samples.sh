deepspeed pretrain_gpt.py --lr 1e-4 --train-samples 1000 --train-tokens 200000 \
    --lr-decay-tokens 100000 --lr-warmup-samples 20 --seq-length 1000 --global-batch-size 10 \
    --micro-batch-size 1
