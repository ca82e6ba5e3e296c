torchrun pretrain_gpt.py --lr 6e-4 --global-batch-size 64 --micro-batch-size 2 --train-iters 96 \
  --lr-decay-style inverse-square-root --lr-decay-iters 48 --lr-warmup-fraction 0.01
