python swift/cli/_megatron/rlhf.py --model base-model --max_epochs 1 \
    --lr 1e-4 --lr_warmup_iters 20 --lr_decay_style linear
