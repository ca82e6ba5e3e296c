deepspeed pretrain_gpt.py --lr 1e-4 --train-iters 100 --lr-decay-tokens 100000 --micro-batch-size 1
