pretrain.py --lr 0.1 --micro-batch-size 1 --train-samples 1232 --global-batch-size 80 --rampup-batch-size 8 8 1598
