torchrun pretrain_gpt.py --lr $LR --train-iters 100 --micro-batch-size 1
